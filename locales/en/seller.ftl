
### The seller's side: the menu, questions, and notices for admins.

## Menu
button-products = 📦 Products
button-shelves = 🗂 Categories
button-units = 🔐 Stock
button-proofs = 📜 Terms
button-all-orders = 📋 Orders
button-users = 👥 Users
button-coupons = 🎟️ Vouchers
button-templates = 📝 Bot Replies
button-broadcast = 📢 Broadcast
button-calculator = 🧮 Calculator
button-statistics = 📊 Statistics
button-adjust = 💰 Balances
button-backup = 💾 Backup & Restore
button-sure = ✅ Yes, go on
button-skip = ⏭ Skip
admin-menu =
    ⚙️ <b>Admin Settings</b> — { $store }

    Products on show: <b>{ $products }</b>
    Customers: <b>{ $customers }</b>

    What would you like to manage?
not-sure-any-more = ⌛ That confirmation is no longer valid. Please start again from the menu.

## Balances
adjust-ask =
    💰 <b>Balances</b>

    Type the customer's ID, the amount and a note in one message. A minus takes away.
    Example: <code>5000000001 25000 compensation for the outage</code>
adjust-unreadable = 🤔 We could not read that. The order is: ID, amount, note.
adjust-no-note = 🤔 The note is missing. Write the reason behind the amount.
adjust-nobody = 🤔 There is no customer with the ID <code>{ $id }</code>.
adjust-too-much = 🤔 { $name } has { $balance } now; that change is not possible.
adjusted = ✅ Balance of { $name } (<code>{ $id }</code>) { $amount }, now <b>{ $balance }</b>. Note: { $note }
adjustment-report = 💼 <b>{ $store }</b>: { $admin } changed the balance of { $name } (<code>{ $id }</code>) by { $amount }, now { $balance }. Note: { $note }

## Broadcast
cast-title = 📢 <b>Broadcast</b> · { $state }
cast-draft = 📝 draft
cast-scheduled = 🕒 scheduled
cast-running = 🚀 going out
cast-paused = ⏸ paused
cast-cancelled = ❌ cancelled
cast-done = ✅ done
cast-begins = It goes out from <b>{ $time }</b> on.
cast-numbers =
    { $bar }
    ✅ Sent: <b>{ $sent }</b>
    ⚠️ Failed: { $failed }
    🚫 Skipped (blocked the bot): { $skipped }
    ⏳ Left: { $left } of { $total }
cast-pace = ⏱ { $time } · { $rate } messages/s
button-cast-pause = ⏸ Pause
button-cast-resume = ▶️ Go on
button-cast-cancel = ❌ Cancel
cast-everyone = all customers
cast-bought = those who have bought
cast-never = those who have not bought yet
cast-product = buyers of { $product }
cast-idle = those who were away for { $days } days
cast-choose =
    📢 <b>Broadcast</b>

    Who is it for?
cast-choose-or-look =
    📢 <b>Broadcast</b>

    Who is it for? Below are the last ones.
cast-which-product = 📦 Buyers of which product?
cast-ask-message =
    📢 For <b>{ $to }</b>: { $people } people ({ $gone } more cannot be reached).

    Send the message here, a text or one photo with a caption. Bold, links and other formatting come along.
cast-no-message = 🤔 That is neither a text nor a photo. Please send it again.
cast-preview =
    👆 This is how it will look. For <b>{ $to }</b>: { $people } people ({ $gone } more cannot be reached).

    Please do not delete your own message until everything has gone out.
cast-ask-time =
    🕒 When shall it go out? Type the time, such as <code>tomorrow 09:00</code> or <code>2026-12-31 19:30</code>.

    It is { $now } now.
cast-no-time = 🤔 I cannot read that time. Example: <code>tomorrow 09:00</code>.
cast-time-passed = 🤔 That time has passed or is too far away.
cast-sure-now = 📢 Send it <b>now</b> to <b>{ $to }</b>: { $people } people ({ $gone } more cannot be reached)?
cast-sure-later = 📢 Send it <b>{ $time }</b> to <b>{ $to }</b>: { $people } people as of now ({ $gone } more cannot be reached)?
cast-gone = 🤔 That draft is gone or was sent already.
button-cast-everyone = 👥 Everyone
button-cast-bought = 🛍 Have bought
button-cast-never = 🌱 Not yet
button-cast-product = 📦 Buyers of…
button-cast-idle = days away 😴
button-cast-now = 🚀 Send now
button-cast-later = 🕒 Schedule
button-cast-drop = 🗑 Discard
