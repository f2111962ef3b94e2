
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

## Products, categories, stock
word-yes = yes
word-no = no
word-none = –
saved = ✅ Saved.
button-new-product = ➕ New Product
button-new-category = ➕ New Category
button-all-proofs = 🗂 Proofs of Terms
button-save = ✅ Save
button-done = ✅ Done
button-delete = 🗑 Delete
button-pause = ⏸ Stop Selling
button-sell = ▶️ Sell Again
button-hide = ⏸ Hide
button-unhide = ▶️ Show
button-terms = 📜 Terms
button-product = 📦 Product
button-emoji = 🙂 Emoji
button-up = ⬆️ Up
button-down = ⬇️ Down
button-edit-name = ✏️ Name
button-edit-price = 💵 Price
button-edit-description = 📄 Description
button-edit-picture = 🖼 Picture
button-edit-low-stock = 🔔 Low Stock
button-edit-category = 🗂 Category
button-edit-terms-id = ✏️ Indonesian Terms
button-edit-terms-en = ✏️ English Terms
button-add-units = ➕ Add Stock
button-see-units = 👁 See Stock
button-undo = ↩️ Undo Last Batch
button-void = 🚫 Never Sell
button-move = 📦 Move
manage-products = 📦 <b>Products</b> · { $total } in all
    ❗ sold out · ⏸ not for sale
manage-stocks = 🔐 <b>Stock</b> · { $total } products
    Choose a product to add to its stock or look at it.
manage-terms = 📜 <b>Terms</b> · { $total } products
    Choose a product to write its terms.
managed-product =
    📦 <b>{ $name }</b> · <code>{ $code }</code>

    Price: <b>{ $price }</b>
    Category: { $category }
    Stock: <b>{ $stock }</b> · sold { $sold }
    Warns of low stock at: { $low }
    For sale: { $active } · has a picture: { $picture }

    { $description }
managed-gone = 🤔 That product is gone.
managed-terms =
    📜 <b>Terms of { $name }</b>

    🇮🇩 { $id }

    🇬🇧 { $en }
unfit-code = 🤔 A code has letters, digits, <code>-</code>, <code>_</code> and dots only, 32 at most.
unfit-name = 🤔 A name is one readable line and not too long.
unfit-price = 🤔 We could not read the price. Such as: <code>45000</code> or <code>Rp 45.000</code>.
unfit-description = 🤔 The description is too long: 2000 letters at most.
unfit-picture = 🤔 Please send one photo, not a file.
unfit-emoji = 🤔 Send just one emoji.
unfit-low-stock = 🤔 Send one number, such as <code>3</code>.
unfit-terms = 🤔 The terms are empty or too long.
ask-name = ✏️ Type a new name for <b>{ $name }</b>.
ask-price = 💵 Type a new price for <b>{ $name }</b>, such as <code>45.000</code>.
ask-description = 📄 Type a new description for <b>{ $name }</b>. Send <code>-</code> for none.
ask-picture = 🖼 Send one photo of <b>{ $name }</b>. Send <code>-</code> to remove its picture.
ask-low-stock = 🔔 At how many units of <b>{ $name }</b> left are the admins told? Send <code>-</code> to follow the store.
ask-category = 🗂 Into which category does <b>{ $name }</b> go?
ask-terms-id = 📜 Type the Indonesian terms of <b>{ $name }</b>. Send <code>-</code> to remove them.
ask-terms-en = 📜 Type the English terms of <b>{ $name }</b>. Send <code>-</code> to remove them.
step-of = ➕ <b>New product</b> · step { $step } of { $steps }
step-code = Type a short <b>code</b>, such as <code>NETFLIX1</code>.
step-name = Type the <b>name</b> that buyers see.
step-price = Type the <b>price</b> of one unit, such as <code>45.000</code>.
step-category = Choose its <b>category</b>.
step-description = Type a short <b>description</b>.
step-picture = Send one <b>photo</b> of it.
step-preview =
    👀 <b>This is how it will look</b>

    <b>{ $name }</b> · <code>{ $code }</code>
    Price: <b>{ $price }</b>
    Category: { $category }
    Has a picture: { $picture }

    { $description }

    Save it?
code-taken = 🤔 Another product has the code <code>{ $code }</code>. Please type another one.
sure-delete-product =
    🗑 Delete <b>{ $name }</b> from the store?

    { $stock } unsold units will never be sold. The history and the goods of its buyers stay.
deleted-product = 🗑 <b>{ $name }</b> is deleted; { $units } units were withdrawn.
manage-categories = 🗂 <b>Categories</b>
    The number behind a name says how many products it has.
managed-category =
    🗂 <b>{ $name }</b>

    Products: { $products }
    Buyers see it: { $active }
ask-new-category = 🗂 Type the name of the new category.
ask-category-name = ✏️ Type a new name for this category.
ask-category-emoji = 🙂 Send one emoji for this category. Send <code>-</code> for none.
too-many-categories = 🤔 There are 50 categories already. Rename an old one instead.
managed-units =
    🔐 <b>Stock of { $name }</b>

    For sale: <b>{ $available }</b>
    Waiting to be paid: { $reserved }
    Sold: { $delivered }
    Withdrawn: { $voided }
last-batch = Last batch: { $added } units, { $when }.
last-batch-undone = The last batch ({ $added } units, { $when }) was undone.
ask-units =
    ➕ <b>Stock of { $name }</b>

    Paste the units, one per line, or send a TXT/CSV file (up to 20 MB). As often as you like; press Done at the end.
units-added = ✅ Added { $added } · known already { $known } · unusable { $bad }
units-reading = ⏳ The file is being read. One moment.
units-none = 🤔 There is no line to read.
units-file-too-large = 🤔 The file has more than 20 MB. Please split it.
units-too-many = 🤔 More than { $most } lines. Please split them.
units-file-unreadable = 🤔 The file cannot be read. Please send text in UTF-8 (TXT or CSV).
seen-units = 👁 <b>Stock of { $name }</b> — partly hidden on purpose. Press one to withdraw or move it.
no-units = 👁 <b>Stock of { $name }</b> — there is no more.
one-unit = 🔐 <code>{ $unit }</code>, added { $when }.
ask-move = 📦 Type the code of the product this unit goes to.
unit-gone = 🤔 That unit was sold, reserved or withdrawn.
unit-voided = 🚫 That unit will never be sold.
unit-moved = 📦 The unit was moved.
no-such-code = 🤔 There is no product with that code.
sure-void-unit = 🚫 Withdraw this unit from sale for ever?
sure-undo-batch = ↩️ Undo the last batch? Units that are sold or reserved stay.
batch-undone = ↩️ { $gone } units were taken back; { $kept } are sold or reserved and stay.
batch-undone-before = 🤔 That batch was undone before.
low-stock = 🔔 Low stock: <b>{ $name }</b> has { $left } left.

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

## Orders
button-newest = ⏮ Newest
button-older = Older ➡️
button-find-order = 🔎 Find order
button-mark-paid = ✅ Mark as paid
button-cancel-sale = ❌ Cancel order
button-resend = 📦 Send goods again
button-refund = ↩️ Refund to balance
button-buyer = 👤 Buyer
mark-invoicing = ⏳
mark-open = ⏳
mark-paid = 💸
mark-delivered = ✅
mark-expired = ⌛
mark-cancelled = ❌
mark-failed = ⚠️
mark-credited = 💰
sale-all = All
sale-invoicing = Preparing
sale-open = Unpaid
sale-paid = Paid
sale-delivered = Delivered
sale-expired = Expired
sale-cancelled = Cancelled
sale-failed = Failed
sale-credited = On balance
sales = 📋 <b>Orders</b> · { $total } in all
sale-line = { $mark } <code>{ $code }</code> · { $name } · { $amount } · { $at }
one-sale =
    📋 Order <code>{ $code }</code> — <b>{ $state }</b>

    Buyer: { $name } (<code>{ $id }</code>)
    Total: <b>{ $amount }</b>
    Placed: { $placed }
    Paid: { $paid }
    Marked as paid: { $note }
    Refunded: { $refunded }
ask-order = 🔎 Type the order's code, such as <code>7HK2MN4P</code>.
sale-unknown = 🤔 There is no order with that code.
ask-pay-note =
    ✅ Did the money reach you another way? Type a note, such as <i>bank transfer 12:30</i>.

    The goods go out at once, and the note is kept in the log.
no-pay-note = 🤔 Write a clear note of at least 3 letters. Without one the order is not marked as paid.
sale-called-paid = ✅ Marked as paid. The goods are on their way.
sale-goods-gone = 🤔 The stock, the coupon or the balance is not enough for this order any more. Nothing was changed.
sale-moved-on = ⌛ This order has moved on. See above how it stands.
sale-ended = ✅ The order is cancelled, its stock is back.
sale-refunded = ✅ The money is back on the buyer's balance.
sale-resent = ✅ The goods are sent to the buyer again.
sure-cancel = ❌ Cancel order <code>{ $code }</code> of { $name } ({ $amount })?
sure-refund =
    ↩️ Give <b>{ $amount }</b> back to { $name }'s balance for order <code>{ $code }</code>?

    Goods that were delivered stay the buyer's. An order is refunded once.
refunded-to-you = 💰 Order <code>{ $code }</code> was refunded: <b>{ $amount }</b> went to your balance, now { $balance }.
paid-by-hand-report = 💼 { $admin } marked order <code>{ $code }</code> of { $name } ({ $amount }) as paid. Note: { $note }
notice-new = 🆕 Order <code>{ $code }</code> from { $name } (<code>{ $id }</code>) · <b>{ $amount }</b> · waiting for payment
notice-paid = ✅ Order <code>{ $code }</code> from { $name } (<code>{ $id }</code>) · <b>{ $amount }</b> · paid
notice-expired = ⌛ Order <code>{ $code }</code> from { $name } (<code>{ $id }</code>) · { $amount } · expired
notice-cancelled = ❌ Order <code>{ $code }</code> from { $name } (<code>{ $id }</code>) · { $amount } · cancelled
notice-failed = ⚠️ Order <code>{ $code }</code> from { $name } (<code>{ $id }</code>) · { $amount } · no QRIS could be made
notice-credited = 💰 Order <code>{ $code }</code> from { $name } (<code>{ $id }</code>) · { $amount } · went to the buyer's balance

## Users
button-find-user = 🔎 Find user
button-block = 🚫 Block
button-unblock = ✅ Unblock
users = 👥 <b>Users</b> · { $total } customers
users-found = 🔎 These fit:
user-unknown = 🤔 There is no customer with the ID or name “{ $typed }”.
ask-user = 🔎 Type a Telegram ID or a part of the name.
ask-sum =
    💰 Type the amount and a note. A minus sign takes off the balance.
    Example: <code>25000 sorry for the outage</code>
one-user =
    👤 <b>{ $name }</b> (<code>{ $id }</code>)

    Balance: <b>{ $balance }</b>
    Orders: { $orders }
    Since: { $since }
    Blocked: { $blocked }

## Vouchers
button-new-coupon = ➕ New voucher
button-stop-coupon = ⏸ Switch off
button-allow-coupon = ▶️ Switch on
coupons = 🎟️ <b>Vouchers</b> · { $total } in all
    ⏸ switched off · the last number: how often it was used
one-coupon =
    🎟️ <b>{ $code }</b> — <b>{ $off }</b> off

    Used: { $used } times
    Most uses: { $most }
    Most per customer: { $each }
    From: { $from }
    Until: { $until }
    Active: { $active }
coupon-step-of = 🎟️ <b>New voucher</b> · step { $step } of { $steps }
coupon-step-code = Type its <b>code</b>, such as <code>SAVE10</code>.
coupon-step-value = <code>{ $code }</code>: how much does it take off? Such as <code>10%</code> or <code>5.000</code>.
coupon-step-max-uses = <b>How often</b> may it be used in all?
coupon-step-per-customer = How often may <b>one customer</b> use it?
coupon-step-until = <b>Until when</b>? Such as <code>tomorrow 23:59</code> or <code>31-12-2026 23:59</code>.
    It is { $now } now.
coupon-unfit-code = 🤔 Use 3 to 32 letters, digits, <code>-</code> or <code>_</code>.
coupon-unfit-value = 🤔 I can't read that. Write percent (<code>1%</code> to <code>100%</code>) or rupiah.
coupon-unfit-max-uses = 🤔 Write one number, at least 1.
coupon-unfit-per-customer = 🤔 Write one number, at least 1.
coupon-unfit-until = 🤔 I can't read that time, or it is over.
coupon-taken = 🤔 There is a voucher with that code. Choose another one.

## Calculator
button-factors = ⚙️ Change factors
calculator =
    🧮 <b>Refund calculator</b>

    Type price, days in all, days left and warranty claims in one message.
    Example: <code>10000 30 15 0</code>

    Factors: used for up to 7 days { $fresh }%, longer { $used }%; 1–2 claims { $few }%, 3 claims { $three }%, more { $many }%. The lower one counts.
calculator-result = 💵 { $price } × { $left }/{ $days } days × { $factor }% (claims { $claims }) = <b>{ $refund }</b>
calculator-unreadable = 🤔 I can't read that. Send four numbers: price, days in all, days left, claims.
calculator-no-days = 🤔 There must be at least one day in all.
calculator-too-many-left = 🤔 There are more days left than days in all.
calculator-factors =
    ⚙️ <b>Refund factors</b> in percent, now: <code>{ $fresh } { $used } { $few } { $three } { $many }</code>

    In this order: used for up to 7 days, longer, 1–2 claims, 3 claims, more. Send five numbers, or <code>-</code> for the default ones.
calculator-no-factors = 🤔 Send five numbers from 0 to 100 with spaces between them.

## Log
button-audit = 🧾 Change log
audit = 🧾 <b>Change log</b>, the newest on top
audit-service = the service
audit-entry = <b>{ $place }</b> · { $at } · { $who } · <code>{ $action }</code> { $subject }: { $before } → { $after } · { $note }

## Replies
button-replies = 📝 Bot Replies
button-edit-reply = ✏️ Edit
button-versions = 🕘 Versions
button-reset = ♻️ Default
button-publish = ✅ Publish
language-id = 🇮🇩 Indonesia
language-en = 🇬🇧 English
reply-welcome = 👋 Welcome
reply-how-to = 📖 How to order
reply-product = 🏷 Product card
reply-cart = 🧺 Cart
reply-invoice = 🧾 Invoice
reply-paid = ✅ Paid
reply-expired = ⌛ Expired
reply-cancelled = ❌ Cancelled
reply-terms = 📜 Terms
reply-own = your own
reply-built-in = default
replies =
    📝 <b>Bot Replies</b>

    Put the bot's words in your own style. What matters, such as prices and the sum of an invoice, always stays in sight.
one-reply =
    📝 <b>{ $reply }</b> · { $whose }

    { $text }

    You can use: { $allowed }
ask-reply =
    ✏️ Send the new text. Bold, italics and links from Telegram are kept; tags such as <code>&lt;b&gt;bold&lt;/b&gt;</code> can be typed as well.
ask-reply-or-picture =
    ✏️ Send the new text, or a photo for its picture (<code>-</code> removes the picture). Bold, italics and links from Telegram are kept; tags such as <code>&lt;b&gt;bold&lt;/b&gt;</code> can be typed as well.
reply-preview = 👁 <b>Preview of { $reply }</b> with example data. Buyers do not see it yet. Send another text to replace it.
reply-empty = 🤔 The text is empty.
reply-too-long = 🤔 The text is too long. At most { $most } characters once its data is filled in.
reply-unknown = 🤔 <code>&#123;{ $name }&#125;</code> is unknown here. You can use: { $allowed }
reply-lacks = 🤔 <code>&#123;{ $name }&#125;</code> must be in it, so that buyers always see it.
reply-markup = 🤔 The formatting is not right yet: { $why }
reply-no-picture = 🤔 This reply cannot have a picture. Send a text only.
reply-broken = ⚠️ Your own text for <b>{ $reply }</b> cannot be used, so buyers see the default one. Have a look at it in 📝 Bot Replies.

## Versions
setting-calculator = 🧮 Refund factors
version-built-in = default
versions = 🕘 <b>Versions of { $setting }</b>, the newest on top. Press one to use it again.
versions-none = 🕘 <b>{ $setting }</b> was never changed.

## Statistics
button-statistics = 📊 Statistics
span-1 = Today
span-7 = 7 days
span-30 = 30 days
statistics =
    📊 <b>Statistics · { $span }</b> · as of { $time }

    💰 Revenue: <b>{ $revenue }</b>
    🧾 Orders placed: <b>{ $placed }</b>
    ✅ Paid: <b>{ $paid }</b> · ⌛ Expired: <b>{ $expired }</b>
    📈 Conversion: <b>{ $conversion }%</b>
    ↩️ Refunded: { $refunded }
statistics-best = 🏆 <b>Best sellers</b>
statistics-product = { $place }. { $name } · { $quantity }× · { $revenue }

## Backup of what is set
button-save-configuration = 💾 Download Backup
button-restore-configuration = ♻️ Restore
configuration =
    💾 <b>Backup &amp; Restore</b>

    One file with everything you set: bot replies, refund factors, products, categories, terms and vouchers. Stock, customers and orders are not in it.
configuration-sending = 📤 The file is being prepared.
configuration-caption = 💾 The backup of what your store has set. Keep it in a safe place.
configuration-too-large = 🐘 Your shop holds more than fits into one file in the chat (5 MB at most). Ask whoever runs the server for <code>auto-order catalogue export</code>.
configuration-sure = ♻️ Everything will be set as the file says. What is not in it: replies and factors go back to their default, products stay. Go on?
ask-configuration = 📎 Send the backup file (.json, at most 5 MB).
configuration-no-file = 🤔 That is no file, or it is too large.
configuration-reading = ⏳ The file is being read. The result comes in a moment.
configuration-restored = ✅ Everything is restored: { $changed } things changed. All of it is in the log, and replies can be brought back in 🕘 Versions.
configuration-unfit =
    🤔 The file cannot be used, so nothing changed:
    { $faults }

## Setting the store up
button-setup = 🧭 Set Up Store
button-setup-begin = ▶️ Begin
button-setup-name = 🏷 Store Name
button-setup-zone = 🕐 Time Zone
button-setup-project = 💳 Pakasir Project
button-setup-key = 🔑 API Key
button-setup-secret = 🔔 Webhook Secret
button-setup-rehearsal = 🧪 Rehearsal
button-setup-rehearse = 🧪 Begin the Rehearsal
button-setup-buy = 🛒 Buy Now
button-setup-open = 🚀 Open the Store
button-setup-open-now = ⏭ Open without a rehearsal
invitation-taken =
    🎉 <b>Congratulations! { $store } is yours now.</b>

    You are its admin and its owner. <b>⚙️ Admin Settings</b> is on your keyboard already. Let us set the store up.
invitation-void =
    🔗 This link is not valid: it may have been used, have expired, or there is a newer one.

    If this store is yours, get a fresh link on the server: <code>auto-order store claim</code>
setup-there = ✅ saved
setup-missing = ▫️ not yet given
setup-mode-none = ⏳ The store can be seen, but takes no payments yet.
setup-mode-rehearsal = 🧪 Rehearsal: only admins can buy, with play money.
setup-mode-sandbox = 🧪 Sandbox mode: the store takes play money.
setup-mode-open = 🚀 The store is open and takes real money.
setup =
    🧭 <b>Set Up Store</b> — { $store }

    🕐 Time zone: { $zone }
    💳 Pakasir project: { $project }
    🔑 API key: { $key }
    🔔 Webhook secret: { $secret }

    { $mode }

    Every step can be skipped, and done again at any time.
setup-step = 🧭 <b>Set Up Store</b> · step { $step } of { $steps }
setup-ask-name = What is your <b>store called</b>? Now: <b>{ $store }</b>
setup-ask-zone = Which <b>clock</b> does your store go by? Choose, or type a name such as <code>Asia/Jakarta</code>. Now: <b>{ $zone }</b>
setup-ask-project =
    Type the <b>slug of your Pakasir project</b>, such as <code>toko-budi</code>.

    None yet? Make a project at <a href="https://app.pakasir.com">app.pakasir.com</a>; its page shows the slug.
setup-ask-key =
    Send the project's <b>API Key</b>. Copy it from the project's page at Pakasir.

    🔒 Your message is deleted from the chat at once, and the key is stored encrypted.
setup-ask-secret =
    Copy this address into <b>Webhook URL</b> of the Pakasir project:

    <code>{ $address }</code>

    Then send the <b>webhook secret</b> shown there. With it a payment is seen within seconds. You may skip this; the bot then looks by itself, only a little later.

    🔒 Your message is deleted from the chat at once.
setup-unfit-name = 🤔 A store's name is one line of at most 64 letters.
setup-unfit-zone = 🤔 Nobody knows that time zone. Try one of the buttons.
setup-unfit-project = 🤔 That is no project slug. A slug has no spaces, such as <code>toko-budi</code>.
setup-unfit-key = 🤔 That is no API key: it must be one line without spaces. Your message is deleted; please copy it again.
setup-unfit-secret = 🤔 That is no webhook secret: it must be one line without spaces. Your message is deleted; please copy it again.
setup-sealed = 🔒 Stored encrypted; your message is deleted.
setup-not-yet =
    🧪 <b>Rehearsal</b>

    The Pakasir project's slug or API key is missing, so the store cannot take QRIS yet. Please fill them in first.
setup-rehearse =
    🧪 <b>A rehearsal before you open</b>

    You buy in your own store with play money, from the cart to the goods in the chat. Until you open, nobody else can pay.

    1. Switch <b>Sandbox mode</b> on in the Pakasir project.
    2. Press <b>🧪 Begin the Rehearsal</b>. If there is no product yet, one is made for it.
setup-rehearsing =
    🧪 <b>The rehearsal runs</b>

    1. Press <b>🛒 Buy Now</b> and pay with <b>💠 QRIS</b>.
    2. Under the QR, open the <b>🌐 Payment Page</b> and simulate the payment there.
    3. Did the goods arrive in this chat? Press <b>🚀 Open the Store</b>.

    No QR? Make sure that Sandbox mode is on in the Pakasir project.
setup-has-buyers =
    🧪 <b>Rehearsal</b>

    This store has orders of buyers already, so it takes no play money any more. It stays open as it is.
setup-rehearsed =
    ✅ <b>It works!</b> The play money came in and the goods were sent to this chat.

    If everything looks right, it is time to open the store.
setup-owners-only = 🔐 The Pakasir project and its keys, the rehearsal and the opening are for the store's owners alone. Nothing was changed.
setup-being-paid = ⏳ An order still waits for its payment through the project of now, so the project cannot be changed yet. Wait until it is paid or cancelled, then type it again, please.
setup-report-project = 🔐 <b>{ $store }</b>: { $admin } changed the Pakasir project from { $before } to { $after }. Payments go to that project from now on.
setup-report-key = 🔐 <b>{ $store }</b>: { $admin } changed the Pakasir API key.
setup-report-secret = 🔐 <b>{ $store }</b>: { $admin } changed the Pakasir webhook secret.
setup-report-play = 🧪 <b>{ $store }</b>: { $admin } began a rehearsal. For now the store takes play money only.
setup-report-live = 🚀 <b>{ $store }</b>: { $admin } opened the store. It takes real money from now on.
setup-no-deposits = 🛠 This store is getting ready, so deposits are not open yet. Please try again once it is open.
setup-unpaid = ⏳ An order of the rehearsal is still unpaid. Pay or cancel it, then press <b>🚀 Open the Store</b> again.
setup-open =
    🚀 <b>{ $store } is open!</b>

    From now on it takes real money and nothing else. Do not forget to <b>switch Sandbox mode off</b> in the Pakasir project.

    What is left: put your products in, and share the bot's link with your customers.
setup-open-without =
    🚀 <b>Customers can see { $store } now.</b>

    QRIS follows as soon as the Pakasir project is filled in at <b>🧭 Set Up Store</b>.
setup-not-open = 🛠 This store is getting ready and opens soon. Your cart is kept; please try again later.
setup-test-product = Test Product
setup-test-unit = The test goods arrived 🎉
