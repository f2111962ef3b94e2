//! Reading HTML as the server does.

use crate::sandbox::telegram::entities::Formatted;

fn read(html: &str) -> Formatted {
    Formatted::from_parts(html, Some("HTML"), None).expect("valid HTML")
}

/// `kind@offset+length` of every entity.
fn spans(html: &str) -> Vec<String> {
    let formatted = read(html);
    let shown =
        |e: &crate::sandbox::telegram::Entity| format!("{}@{}+{}", e.kind, e.offset, e.length);
    formatted.entities.iter().map(shown).collect()
}

fn refused(html: &str) -> String {
    let refusal = Formatted::from_parts(html, Some("html"), None).expect_err("invalid HTML");
    let text = refusal.description.strip_prefix("Bad Request: can't parse entities: ");
    text.expect("the usual beginning").to_owned()
}

#[test]
fn tags_become_entities_in_utf16_units() {
    assert_eq!(spans("<b>a</b>🙂<i>b</i>"), ["bold@0+1", "italic@3+1"]);
    assert_eq!(spans("<B>x</b>"), ["bold@0+1"]);
    assert_eq!(
        spans("<strong>a</strong><em>b</em><ins>c</ins><del>d</del>"),
        ["bold@0+1", "italic@1+1", "underline@2+1", "strikethrough@3+1",]
    );
    assert_eq!(spans("<span class=\"tg-spoiler\">a</span>"), ["spoiler@0+1"]);
    assert_eq!(spans("<blockquote expandable>a</blockquote>"), ["expandable_blockquote@0+1"]);
    assert_eq!(spans("<b></b>x"), Vec::<String>::new());
    assert_eq!(spans("<b>x</>"), ["bold@0+1"]);
    let link = read("<a href=\"https://toko.id/?a=1&amp;b=2\">toko</a>");
    assert_eq!(link.entities[0].url.as_deref(), Some("https://toko.id/?a=1&b=2"));
    assert_eq!(spans("<a href='no link'>x</a>"), Vec::<String>::new());
    assert_eq!(spans("<a href=\"tg://user?id=7\">x</a>"), ["text_mention@0+1"]);
    let pre = read("<pre><code class=\"language-rust\">fn</code></pre>");
    assert_eq!((pre.entities.len(), pre.entities[0].language.as_deref()), (1, Some("rust")));
    let time = read("<tg-time unix=\"1795300000\" format=\"r\">nanti</tg-time>");
    assert_eq!(time.entities[0].unix_time, Some(1_795_300_000));
}

#[test]
fn code_stands_alone_and_quotes_do_not_nest() {
    assert_eq!(spans("<b>a<code>b</code>c</b>"), ["bold@0+1", "code@1+1", "bold@2+1"]);
    assert_eq!(spans("<blockquote>a<blockquote>b</blockquote></blockquote>"), ["blockquote@0+2"]);
}

#[test]
fn ampersands_are_lenient_and_half_written_entities_are_decoded() {
    assert_eq!(read("a & b &nbsp; &lt; &#38; &#x26; &quot;").text, "a & b &nbsp; < & & \"");
    assert_eq!(read("a&ltb").text, "a&ltb", "letters go on, so it is another name");
    assert_eq!(read("a&lt b").text, "a< b");
    assert_eq!(read("1 > 0").text, "1 > 0");
}

#[test]
fn the_text_is_trimmed_and_entities_move_with_it() {
    let formatted = read("\n  <b> halo </b>\n");
    assert_eq!(formatted.text, "halo");
    assert_eq!((formatted.entities[0].offset, formatted.entities[0].length), (0, 4));
}

#[test]
fn mistakes_are_refused_in_the_servers_words() {
    assert_eq!(refused("a <x>"), "Unsupported start tag \"x\" at byte offset 2");
    assert_eq!(refused("1 < 2"), "Unsupported start tag \"\" at byte offset 2");
    assert_eq!(refused("a <b"), "Unclosed start tag at byte offset 2");
    assert_eq!(refused("é<br>"), "Unsupported start tag \"br\" at byte offset 2");
    assert_eq!(refused("a</b>"), "Unexpected end tag at byte offset 1");
    assert_eq!(
        refused("<b>a</i>"),
        "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""
    );
    assert_eq!(refused("<b>a"), "Can't find end tag corresponding to start tag \"b\"");
    assert_eq!(refused("<b>a</b"), "Unclosed end tag at byte offset 4");
    assert_eq!(
        refused("<span class=\"x\">a</span>"),
        "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"
    );
    assert_eq!(refused("<a =x>a</a>"), "Empty attribute name in the tag \"a\" at byte offset 0");
    assert_eq!(refused("<a href=x/y>a</a>"), "Unexpected end of name token at byte offset 8");
    assert_eq!(refused("<a href=\"x>a</a>"), "Unclosed start tag \"a\" at byte offset 0");
    assert_eq!(
        refused("<tg-emoji emoji-id=\"x\">🙂</tg-emoji>"),
        "Invalid custom emoji identifier specified"
    );
}

#[test]
fn only_known_parse_modes_are_read() {
    for plain in ["", "None"] {
        let read = Formatted::from_parts("<b>", Some(plain), None).expect("plain");
        assert_eq!(read.text, "<b>");
    }
    let refusal = Formatted::from_parts("x", Some("bbcode"), None).expect_err("unknown");
    assert_eq!(refusal.description, "Bad Request: unsupported parse_mode");
}
