
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