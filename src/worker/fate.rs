//! What becomes of an errand that Telegram did not carry out.

use std::time::Duration;

use crate::bot::Errand;
use crate::primitives::planted::{Bug, planted};
use crate::queue::outbox::End;
use crate::telegram::Failure;

/// An answer this old helps nobody.
const STALE: Duration = Duration::from_mins(10);
/// A broadcast does not wait longer for one customer.
const BROADCAST: Duration = Duration::from_hours(24);
/// After this long everything else is given up as well.
const HOPELESS: Duration = Duration::from_hours(168);

/// How long a fact or an errand waits that another version of this program wrote, as while replicas are
/// replaced: that version may be there again soon.
pub(super) const UNREADABLE: Duration = Duration::from_hours(1);

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The chat waits this long, then it goes on.
    Wait(Duration),
    /// Again after a back-off, as long as somebody waits for it.
    Later,
    /// Nothing goes out with this token; once it is right, everything does.
    Unauthorized,
    /// It is over.
    Over(End),
}

/// What Telegram's word means for this errand.
pub(super) fn of(errand: &Errand, failure: &Failure) -> Fate {
    let why = failure.to_string();
    match failure {
        _ if matches!(errand, Errand::Sticker { .. }) => Fate::Over(End::Dropped(why)),
        Failure::RetryAfter(_) if planted(Bug::IgnoreRetryAfter) => Fate::Wait(Duration::ZERO),
        Failure::RetryAfter(wait) => Fate::Wait(*wait),
        Failure::NotSent(_) | Failure::Unknown(_) => Fate::Later,
        Failure::Unauthorized => Fate::Unauthorized,
        // The message is gone already or too old; the admin has not written to the bot yet.
        Failure::MessageGone | Failure::Unreachable(_) | Failure::Refused { .. }
            if matches!(errand, Errand::Delete { .. } | Errand::Menu { .. }) =>
        {
            Fate::Over(End::Dropped(why))
        }
        // Neither a broadcast nor a notice waits for anybody.
        Failure::Unreachable(_)
            if matches!(
                errand,
                Errand::Copy { broadcast: Some(_), .. } | Errand::Notice { .. }
            ) =>
        {
            Fate::Over(End::Dropped(why))
        }
        Failure::Unreachable(_) => match errand {
            Errand::Goods { .. } if planted(Bug::DropParked) => Fate::Over(End::Dead(why)),
            Errand::Show { kept: false, .. }
            | Errand::Alert { .. }
            | Errand::Copy { .. }
            | Errand::Progress { .. } => Fate::Over(End::Dead(why)),
            _ => Fate::Over(End::Parked(why)),
        },
        Failure::Migrated(_)
        | Failure::MessageGone
        | Failure::UnparsableText
        | Failure::BadFile
        | Failure::Refused { .. } => Fate::Over(given_up(errand, why)),
    }
}

/// The end of an errand that is not tried any more: what was paid for waits for its buyer to write again,
/// and goes out then if what was wrong has been mended.
pub(super) fn given_up(errand: &Errand, why: String) -> End {
    match errand {
        Errand::Goods { .. } => End::Parked(why),
        _ => End::Dead(why),
    }
}

/// How long an errand is worth trying.
pub(super) const fn patience(errand: &Errand) -> Duration {
    match errand {
        // A screen, in answer to somebody who has gone on since. What is told to stay in the chat is not stale.
        Errand::Show { edit: Some(_), .. }
        | Errand::Show { place: Some(_), .. }
        | Errand::Copy { broadcast: None, .. }
        | Errand::Progress { .. }
        // It was confirmed to happen now, and an admin's answers wait behind it.
        | Errand::Restore { .. }
        | Errand::Delete { .. } => STALE,
        Errand::Copy { broadcast: Some(_), .. } => BROADCAST,
        _ => HOPELESS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::{BroadcastId, ChatId, Language, MessageId, OrderId};
    use crate::telegram::Html;

    const CHAT: ChatId = ChatId(7);

    fn goods() -> Errand {
        let (order, language) = (OrderId(1), Language::Id);
        Errand::Goods { chat: CHAT, order, part: 0, of: 1, language, again: false }
    }

    fn shown(edit: Option<MessageId>, kept: bool) -> Errand {
        let (chat, text, markup, picture, place) = (CHAT, Html::default(), None, None, None);
        Errand::Show { chat, text, markup, picture, edit, place, kept }
    }

    #[test]
    fn goods_never_end_for_good() {
        let refused = || Failure::Refused { code: 400, description: "no".to_owned() };
        let unreachable = || Failure::Unreachable("blocked".to_owned());
        let words = [
            refused(),
            unreachable(),
            Failure::BadFile,
            Failure::UnparsableText,
            Failure::MessageGone,
        ];
        for failure in words.into_iter().chain([Failure::Migrated(CHAT)]) {
            let fate = of(&goods(), &failure);
            assert!(matches!(fate, Fate::Over(End::Parked(_))), "{failure}: {fate:?}");
        }
        assert!(matches!(given_up(&goods(), String::new()), End::Parked(_)));
        assert_eq!(of(&goods(), &Failure::NotSent(String::new())), Fate::Later);
    }

    #[test]
    fn a_notice_outlives_an_outage_and_a_screen_does_not() {
        let (screen, notice) = (shown(Some(MessageId(1)), false), shown(None, true));
        assert_eq!(patience(&screen), STALE);
        assert_eq!(patience(&notice), HOPELESS);
        assert!(matches!(of(&notice, &Failure::BadFile), Fate::Over(End::Dead(_))));
        let blocked = Failure::Unreachable("blocked".to_owned());
        assert!(matches!(of(&notice, &blocked), Fate::Over(End::Parked(_))));
        assert!(matches!(of(&screen, &blocked), Fate::Over(End::Dead(_))));
    }

    #[test]
    fn a_broadcast_waits_for_nobody() {
        let copy =
            |broadcast| Errand::Copy { chat: CHAT, from: CHAT, message: MessageId(1), broadcast };
        let blocked = Failure::Unreachable("blocked".to_owned());
        let cast = copy(Some(BroadcastId(1)));
        assert!(matches!(of(&cast, &blocked), Fate::Over(End::Dropped(_))));
        assert!(matches!(of(&cast, &Failure::MessageGone), Fate::Over(End::Dead(_))));
        assert_eq!(of(&cast, &Failure::Unknown(String::new())), Fate::Later);
        assert!(matches!(of(&copy(None), &blocked), Fate::Over(End::Dead(_))));
        assert_eq!((patience(&cast), patience(&copy(None))), (BROADCAST, STALE));
    }

    #[test]
    fn what_is_gone_need_not_be_deleted() {
        let delete = Errand::Delete { chat: CHAT, message: MessageId(1) };
        assert!(matches!(of(&delete, &Failure::MessageGone), Fate::Over(End::Dropped(_))));
    }
}
