
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
