"""Asks the sandbox's Bot API everything through aiogram, a client that was written by others.

Each answer must parse to the type that aiogram expects, each refusal must become the exception
that aiogram maps it to, and each delivered update must be one that aiogram understands.
"""

import argparse
import asyncio
import json
import struct
import zlib

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.exceptions import ClientDecodeError
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    CopyTextButton,
    File,
    InaccessibleMessage,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    MenuButtonCommands,
    Message,
    MessageEntity,
    MessageId,
    MessageOriginUser,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
    Update,
    User,
    WebhookInfo,
)

checks = 0


def same(got, wanted, what):
    global checks
    checks += 1
    assert got == wanted, f"{what}: got {got!r}, wanted {wanted!r}"


def is_a(got, kind, what):
    global checks
    checks += 1
    assert isinstance(got, kind), f"{what}: got {type(got).__name__}, wanted {kind.__name__}"
    return got


async def refused(exception, part, call, what):
    global checks
    checks += 1
    try:
        await call
    except Exception as error:  # noqa: BLE001 - the kind is what is checked
        assert type(error) is exception, f"{what}: {type(error).__name__}: {error}"
        assert part in str(error), f"{what}: {error}"
        return error
    raise AssertionError(f"{what} was not refused")


def png(width, height):
    def chunk(kind, data):
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + b"\xff" * width for _ in range(height))
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


async def texts(bot, chat):
    buttons = InlineKeyboardMarkup(inline_keyboard=[[
        InlineKeyboardButton(text="Bayar", callback_data="pay:1", style="success"),
        InlineKeyboardButton(text="Salin", copy_text=CopyTextButton(text="INV-1")),
        InlineKeyboardButton(text="Buka", url="https://toko.example/"),
    ]])
    sent = is_a(await bot.send_message(
        chat, "<b>Halo</b> <a href='https://toko.example/?a=1&amp;b=2'>toko</a> /start",
        reply_markup=buttons, protect_content=True, message_effect_id="5104841245755180586",
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    ), Message, "sendMessage")
    same(sent.text, "Halo toko /start", "text")
    same([e.type for e in sent.entities], ["bold", "text_link", "bot_command"], "entities")
    same(sent.entities[1].url, "https://toko.example/?a=1&b=2", "link")
    same(sent.reply_markup.inline_keyboard[0][0].style, "success", "style")
    same(sent.has_protected_content, True, "protected")
    same(sent.from_user.is_bot, True, "sender")
    same(sent.chat.type, "private", "chat type")

    answer = await bot.send_message(
        chat, "balas", parse_mode=None, entities=[MessageEntity(type="bold", offset=0, length=5)],
        reply_parameters=ReplyParameters(message_id=sent.message_id),
    )
    same(answer.reply_to_message.message_id, sent.message_id, "reply")
    same(answer.entities[0].type, "bold", "given entities")
    edited = is_a(await bot.edit_message_text(
        "Selesai", chat_id=chat, message_id=sent.message_id), Message, "editMessageText")
    same(edited.reply_markup, None, "an edit drops the buttons")
    assert edited.edit_date
    marked = is_a(await bot.edit_message_reply_markup(
        chat_id=chat, message_id=sent.message_id, reply_markup=buttons),
        Message, "editMessageReplyMarkup")
    same(len(marked.reply_markup.inline_keyboard[0]), 3, "buttons")
    keys = ReplyKeyboardMarkup(
        keyboard=[[KeyboardButton(text="Katalog")]], resize_keyboard=True, is_persistent=True,
        input_field_placeholder="Cari produk")
    is_a(await bot.send_message(chat, "menu", reply_markup=keys), Message, "keys")
    is_a(await bot.send_message(chat, "tanpa", reply_markup=ReplyKeyboardRemove()), Message, "-")

    copied = is_a(await bot.copy_message(chat, chat, answer.message_id), MessageId, "copyMessage")
    forwarded = is_a(
        await bot.forward_message(chat, chat, answer.message_id), Message, "forwardMessage")
    is_a(forwarded.forward_origin, MessageOriginUser, "origin")
    same(await bot.delete_message(chat, copied.message_id), True, "deleteMessage")
    ids = [forwarded.message_id, 424242]
    same(await bot.delete_messages(chat, ids), True, "deleteMessages")
    same(await bot.send_chat_action(chat, "typing"), True, "sendChatAction")
    same(await bot.send_message_draft(chat, 7, text="sebentar"), True, "sendMessageDraft")
    return sent, answer


async def media(bot, chat):
    picture = BufferedInputFile(png(120, 90), "qr.png")
    photo = is_a(await bot.send_photo(
        chat, picture, caption="<i>QR</i>", has_spoiler=True), Message, "sendPhoto")
    same((photo.photo[-1].width, photo.photo[-1].height), (120, 90), "size")
    same(photo.caption_entities[0].type, "italic", "caption entities")
    again = await bot.send_photo(chat, photo.photo[-1].file_id)
    same(again.photo[-1].file_unique_id, photo.photo[-1].file_unique_id, "file_unique_id")
    document = is_a(await bot.send_document(
        chat, BufferedInputFile(b"user:pass", "akun.txt"), caption="akun"), Message, "document")
    same((document.document.file_name, document.document.file_size), ("akun.txt", 9), "document")
    webp = b"RIFF\x0c\0\0\0WEBPVP8 \0\0\0\0"
    sticker = is_a(
        await bot.send_sticker(chat, BufferedInputFile(webp, "a.webp")), Message, "sendSticker")
    same(sticker.sticker.is_animated, False, "sticker")
    group = await bot.send_media_group(chat, [
        InputMediaPhoto(media=picture, caption="satu"),
        InputMediaPhoto(media=photo.photo[-1].file_id),
    ])
    same([is_a(m, Message, "item").media_group_id is not None for m in group], [True] * 2, "group")
    captioned = is_a(await bot.edit_message_caption(
        chat_id=chat, message_id=photo.message_id, caption="baru"), Message, "editMessageCaption")
    same(captioned.caption, "baru", "caption")
    changed = is_a(await bot.edit_message_media(
        InputMediaDocument(media=BufferedInputFile(b"%PDF-1.7", "faktur.pdf")),
        chat_id=chat, message_id=photo.message_id), Message, "editMessageMedia")
    same(changed.document.mime_type, "application/pdf", "media")
    file = is_a(await bot.get_file(document.document.file_id), File, "getFile")
    same((await bot.download_file(file.file_path)).read(), b"user:pass", "download")
    return photo


async def setup(bot, chat):
    is_a(await bot.me(), User, "getMe")
    scope = BotCommandScopeChat(chat_id=chat)
    commands = [BotCommand(command="start", description="Mulai")]
    same(await bot.set_my_commands(commands, scope=scope, language_code="id"), True, "commands")
    got = [is_a(one, BotCommand, "command") for one in await bot.get_my_commands(scope, "id")]
    same([(one.command, one.description) for one in got], [("start", "Mulai")], "getMyCommands")
    same(await bot.delete_my_commands(scope, "id"), True, "deleteMyCommands")
    same(await bot.get_my_commands(scope, "id"), [], "no commands")
    same(await bot.set_chat_menu_button(chat, MenuButtonCommands()), True, "setChatMenuButton")
    is_a(await bot.get_chat_menu_button(chat), MenuButtonCommands, "getChatMenuButton")
    same(await bot.set_my_description("Toko"), True, "setMyDescription")
    same(await bot.set_my_short_description("Toko"), True, "setMyShortDescription")


async def webhook(bot):
    info = is_a(await bot.get_webhook_info(), WebhookInfo, "getWebhookInfo")
    same(info.pending_update_count, 0, "pending")
    assert info.url.startswith("https://")
    await refused(TelegramConflictError, "can't use getUpdates", bot.get_updates(), "getUpdates")
    same(await bot.delete_webhook(), True, "deleteWebhook")
    same(await bot.get_updates(), [], "getUpdates without a webhook")
    same((await bot.get_webhook_info()).url, "", "no webhook")
    kinds = ["message", "callback_query", "my_chat_member"]
    await asyncio.sleep(1)
    same(await bot.set_webhook(
        "https://toko.example/lain", secret_token="rahasia", allowed_updates=kinds,
        max_connections=100), True, "setWebhook")
    same((await bot.get_webhook_info()).allowed_updates, kinds, "allowed_updates")
    url = "https://toko.example/lain"
    await refused(TelegramRetryAfter, "retry after 1", bot.set_webhook(url), "setWebhook twice")


async def refusals(bot, chat, text, photo, api):
    send = bot.send_message
    for call, part in [
        (send(chat, ""), "message text is empty"),
        (send(chat, "x" * 4097), "message is too long"),
        (send(chat, "a < b"), "can't parse entities: Unsupported start tag"),
        (send(chat, "<b>a"), "Can't find end tag corresponding to start tag"),
        (send(1, "a"), "chat not found"),
        (bot.edit_message_text("Selesai", chat_id=chat, message_id=424242), "edit not found"),
        (bot.edit_message_caption(
            chat_id=chat, message_id=photo.message_id, caption="baru"), "not modified"),
        (bot.edit_message_text("x", chat_id=chat, message_id=photo.message_id), "no text in"),
        (bot.delete_message(chat, 424242), "message to delete not found"),
        (bot.forward_message(chat, chat, text.message_id), "can't be forwarded"),
        (bot.answer_callback_query("1"), "query is too old"),
        (bot.answer_pre_checkout_query("1", ok=True), "query is too old"),
        (bot.send_photo(chat, "AgACunknown"), "wrong file identifier"),
        (bot.send_photo(chat, "x", caption="x" * 1025), "caption is too long"),
        (bot.send_photo(chat, BufferedInputFile(b"x", "a.png")), "IMAGE_PROCESS_FAILED"),
        (bot.set_my_commands([BotCommand(command="Mulai!", description="x")]), "COMMAND_INVALID"),
    ]:
        await refused(TelegramBadRequest, part, call, part)
    huge = BufferedInputFile(b"\0" * (52 * 1024 * 1024), "a.bin")
    await refused(
        TelegramEntityTooLarge, "Too Large", bot.send_document(chat, huge), "upload over 50 MB")
    limited = await refused(TelegramRetryAfter, "retry after 3", send(9001, "x"), "429")
    same(limited.retry_after, 3, "retry_after")
    await refused(TelegramForbiddenError, "bot was blocked", send(9002, "x"), "403")
    moved = await refused(TelegramMigrateToChat, "migrate", send(9003, "x"), "migrate")
    same(moved.migrate_to_chat_id, -1009003, "new chat")
    await refused(TelegramServerError, "Internal Server Error", send(9004, "x"), "500")
    await refused(ClientDecodeError, "Failed to decode", send(9005, "x"), "502 in HTML")
    session = AiohttpSession(api=TelegramAPIServer.from_base(api))
    for token, exception in [("1:no", TelegramUnauthorizedError)]:
        async with Bot(token, session=session) as other:
            await refused(exception, "Unauthorized", other.get_me(), "wrong token")
    async with Bot("1:no", session=AiohttpSession(api=TelegramAPIServer.from_base(api))) as other:
        other._Bot__token = "bad"
        await refused(TelegramNotFound, "Not Found", other.get_me(), "no token")


async def updates(bot, path):
    with open(path, encoding="utf-8") as lines:
        got = [Update.model_validate(json.loads(line), context={"bot": bot}) for line in lines]
    same([update.event_type for update in got],
         ["message", "message", "callback_query", "callback_query", "my_chat_member"], "updates")
    same(got[0].message.text, "/start promo", "text")
    same(got[0].message.entities[0].type, "bot_command", "command")
    assert got[1].message.photo and got[1].message.caption == "bukti"
    is_a(got[2].callback_query.message, Message, "pressed message")
    is_a(got[3].callback_query.message, InaccessibleMessage, "inaccessible message")
    same(got[4].my_chat_member.new_chat_member.status, "kicked", "blocked")
    same(await got[2].callback_query.answer("ya", show_alert=True), True, "answerCallbackQuery")
    again = got[2].callback_query.answer("lagi")
    await refused(TelegramBadRequest, "query is too old", again, "a second answer")


async def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--api", required=True)
    arguments.add_argument("--token", required=True)
    arguments.add_argument("--chat", required=True, type=int)
    arguments.add_argument("--updates", help="delivered updates, one JSON object a line")
    given = arguments.parse_args()
    session = AiohttpSession(api=TelegramAPIServer.from_base(given.api))
    defaults = DefaultBotProperties(parse_mode="HTML")
    async with Bot(given.token, session=session, default=defaults) as bot:
        if given.updates:
            await updates(bot, given.updates)
        text, _ = await texts(bot, given.chat)
        photo = await media(bot, given.chat)
        await setup(bot, given.chat)
        await refusals(bot, given.chat, text, await named(bot, given.chat, photo), given.api)
        await webhook(bot)
    print(f"aiogram agreed {checks} times")


async def named(bot, chat, photo):
    """A photo whose caption is `baru`, for the edit that changes nothing."""
    return await bot.send_photo(chat, photo.photo[-1].file_id, caption="baru")


asyncio.run(main())
