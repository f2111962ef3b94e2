//! What is sold and how money moves; knows no Telegram, no HTTP, no network.
