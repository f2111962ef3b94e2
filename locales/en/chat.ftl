# The words of the chat. <b>, <i>, <code> are Telegram's formats; values in { } are always shown as they are.

## Buttons: buyers, sellers and tests know them by these words.
button-all-products = 🛍 All Products
button-categories = 🗂 Categories
button-stock = 🏷 Check Stock
button-cart = 🧺 Cart
button-orders = 📦 My Orders
button-deposit = 💰 Top Up
button-info = ℹ️ Information
button-how-to = 📖 How to Order
button-admin = ⚙️ Admin Settings
button-previous = ⬅️ Previous
button-next = ➡️ Next
button-refresh = 🔄 Refresh
button-back = ⬅️ Back
button-less = ➖
button-more = ➕
button-x2 = ✌️ x2
button-x5 = 🖐️ x5
button-x10 = 🔟 x10
button-to-cart = 🧺 Continue to Cart
button-cancel = ❌ Cancel
button-checkout = 💳 Continue to Payment
button-empty-cart = 🗑 Empty
button-qris = 💠 QRIS
button-coupon = 🎟️ Use a Coupon
button-drop-coupon = 🗑 Remove Coupon
button-balance = 💼 Balance
button-shared = 💼 Balance + 💠 QRIS
button-my-balance = 💼 My Balance
button-ledger = 🧾 Balance History
button-prove = ✅ Confirm Terms
button-language = 🌐 Bahasa Indonesia
button-check = 🔄 Check Payment
button-page = 🌐 Payment Page
button-cancel-order = ❌ Cancel Order
button-goods-again = 📦 Send Goods Again
button-copy = 📋 Copy
button-catalogue = 🛍 See Products
command-start = Main menu
command-produk = See all products
command-pesanan = My orders
command-saldo = Balance and top-up
command-bantuan = Help
command-batal = Leave what is open
command-admin = Run the store
placeholder = Type a product's number or name…

## Welcome
welcome =
    👋 Hi, <b>{ $name }</b>! Welcome to <b>{ $store }</b>.

    👥 Customers: <b>{ $customers }</b>
    ✅ Completed orders: <b>{ $orders }</b>

    Pick from the menu below or type a product's number. Your goods arrive in this chat the moment your payment does. ⚡
help =
    What you can do here:

    🛍 <b>All Products</b> to look around
    🧺 <b>Cart</b> to go on and pay
    📦 <b>My Orders</b> to see your history

    Commands: /start · /produk · /pesanan · /saldo · /bantuan · /batal
how-to =
    📖 <b>How to order at { $store }</b>

    1. Open <b>🛍 All Products</b> and pick one.
    2. Set the quantity and press <b>🧺 Continue to Cart</b>.
    3. Press <b>💳 Continue to Payment</b>, then <b>💠 QRIS</b>.
    4. Scan the QR with any banking app or e-wallet.
    5. Done! Your goods arrive in this chat by themselves, usually within seconds.

    Pay exactly the amount that the QR shows.
info =
    ℹ️ <b>Your account</b>

    Name: <b>{ $name }</b>
    ID: <code>{ $id }</code>
    Balance: <b>{ $balance }</b>
    Orders: <b>{ $orders }</b>
balance = 💰 Your balance: <b>{ $balance }</b>
deposit-ask = Want to top up? Pick an amount below, or type one ({ $least } to { $most }).
deposit-closed = This store does not take top-ups yet. What you have stays safe.
deposit-no-sum = 🤔 We could not read that amount. Please type the number alone, such as <code>50000</code>.
deposit-out-of-bounds = 🤔 You can top up from { $least } to { $most } at a time.
ledger-title = 🧾 <b>Balance history</b> · now <b>{ $balance }</b>
ledger-empty = Nothing here yet.
ledger-line = { $time } · <b>{ $amount }</b> · { $kind } { $about }
ledger-deposit = top-up
ledger-payment-credit = payment credited
ledger-purchase = purchase
ledger-release = given back
ledger-refund = refund
ledger-adjustment = adjustment
admin-deposited = 💰 A top-up of <b>{ $amount }</b> from { $name } (<code>{ $id }</code>) has arrived. Code: { $code }
admin-credited = 💼 A payment of <b>{ $amount }</b> for order { $code } from { $name } (<code>{ $id }</code>) went to their balance: { $why }.
too-fast = 🐢 Slow down a little. That was too much at once, so we skipped some of it. Wait a few seconds, then go on.
flood = 🚨 { $name } (<code>{ $id }</code>) sent too many requests at once. We skipped some of them.
blocked = 🙏 Sorry, your account cannot use this store. If you think this is a mistake, please contact the store's admin.
spoken = 🌐 All right, from now on in English.
info-contact = 👤 Need help? Contact { $admins }.
admin-name = Admin
left = All right, nothing was kept. 👌
not-for-you = That menu is for the people who run this store. 🙂
balance-changed = 💼 The store's admin changed your balance by { $amount }, now <b>{ $balance }</b>. Note: { $note }
apology = 😔 Sorry, something went wrong on our side. We noted it as <code>{ $id }</code>. Please try again in a moment.

## Catalogue
list-title = 🛍 <b>All Products</b>
list-title-category = 🗂 <b>{ $category }</b>
list-page = Page { $page } of { $pages }
list-line =
    <b>{ $place }. { $name }</b>
    { $price } · { $stock } in stock · { $sold } sold
list-line-sold-out =
    <b>{ $place }. { $name }</b>
    { $price } · ❗ sold out
list-hint = Press a number to see the details.
list-empty = 🙈 There is nothing to buy right now. Come back soon!
search-found = 🔎 What matches <b>{ $words }</b>:
categories-title = 🗂 <b>Pick a category</b>
categories-empty = There are no categories yet. Have a look at 🛍 All Products.
stock-title = 🏷 <b>In stock now</b>
stock-line = { $name }: <b>{ $stock }</b>
stock-time = Updated { $time }
product-gone = That product is no longer for sale. Please pick another one. 🙏
no-such-number = There is no product number { $place }. Have a look at the list first.

## Product card
card =
    🏷 <b>{ $name }</b>
    { $description }
    💵 Price: <b>{ $price }</b>
    📦 Stock: <b>{ $stock }</b> · Sold: <b>{ $sold }</b>
    🗂 Category: { $category }

    Quantity: <b>{ $quantity }</b> · Total: <b>{ $total }</b>
card-capped = ⚠️ { $most } is the most there is for now, so we set it to that.
card-sold-out = ❗ This one is sold out at the moment.

## Cart
cart-title = 🧺 <b>Cart</b>
cart-line = • { $name } — { $quantity } × { $price } = <b>{ $sum }</b>
cart-line-short = ⚠️ only { $stock } left
cart-total = Total: <b>{ $total }</b>
cart-subtotal = Subtotal: { $total }
cart-coupon = 🎟️ Coupon <code>{ $code }</code>: −{ $discount }
coupon-ask = 🎟️ Type your coupon code. Upper or lower case does not matter.
coupon-fits = 🎉 Coupon <code>{ $code }</code> is used for this cart.
coupon-unknown = 🤔 There is no such coupon. Please check the spelling.
coupon-too-early = ⏳ That coupon is valid from { $from }.
coupon-expired = ⌛ That coupon is no longer valid.
coupon-used-up = 😔 That coupon has been used up.
coupon-used-by-you = 🙏 You have used that coupon already.
cart-empty = 🧺 Your cart is empty. Have a look at the products first!
cart-full = Your cart is full. Please finish what is in it first.
cart-repriced = 💬 Some prices have changed: { $changes }. Please check again, then go on.
cart-sum-changed = 💬 The total changed and is now <b>{ $total }</b>. Please have a look, then go on.
repriced-line = { $name } from { $before } to { $after }

## Payment
pay-title = 💳 <b>How would you like to pay?</b>
pay-hint = Your total: <b>{ $total }</b>. The service fee is shown on the invoice before you pay.
pay-hint-free = Order total: <b>{ $total }</b>. It is free! Pick any way to finish.
pay-balance = 💼 Your balance: { $balance }
pay-too-poor = 😔 Your balance of { $balance } is not enough for { $total }. Top up first, or pay by QRIS.
pay-sold-out = 😔 Only { $left } of <b>{ $name }</b> left. Please change the quantity first.
pay-too-many = You have { $most } unpaid orders. Please pay or cancel one of them first.
pay-too-often = You placed many orders without paying them. Please try again in a few minutes.
pay-not-set-up = 🛠 This store does not take payments yet. The seller is working on it; please try again later.
pay-unpayable = QRIS carries { $least } to { $most } at a time. Your total is { $total }.
order-title = 🧾 <b>Order { $code }</b>
deposit-title = 💰 <b>Top-up { $code }</b>
deposit-paid = ✅ <b>{ $amount } has arrived.</b> Your balance is now <b>{ $balance }</b>. Thank you! 🙏
deposit-expired = ⌛ The time to pay is over and this top-up is closed. If you paid at the last moment, do not worry: your money is recorded by itself.
deposit-cancelled = ❌ This top-up is cancelled. Please do not pay its QR any more.
deposit-failed = 😔 We could not get a QRIS code just now. This top-up is closed and nothing is charged. Please try again in a moment.
order-balance-back = 💼 { $amount } is back on your balance.
order-line = • { $name } — { $quantity } × { $price }
order-invoicing = ⏳ Preparing the QRIS…
order-failed = 😔 The QRIS could not be made right now. This order is closed and nothing was charged. Please try again in a moment.
order-expired = ⌛ The time to pay is over; the order is closed and the stock is back. If you have paid already, do not worry: your money is noted by itself.
order-cancelled = ❌ Order cancelled. Please do not pay its QR any more.
order-credited = 💼 We received your payment of <b>{ $amount }</b>, but the goods cannot be sent ({ $why }). The money is on your balance, now <b>{ $balance }</b>.
deposit-credited = 💼 We received your payment of <b>{ $amount }</b>, though not as this top-up asked for ({ $why }). The money is on your balance, now <b>{ $balance }</b>.
order-in-balance = 💼 The payment for this went to your balance, which is now <b>{ $balance }</b>.
order-checking = 🔎 Being checked ({ $time }). The result shows up on its invoice in a moment.
credited-credited = it came after the order was closed and the stock is gone
credited-duplicate = this order was paid before
credited-under = it was less than the invoice
credited-over = it was more than the invoice
order-paid = ✅ <b>Paid!</b> Your goods are right below. Thank you! 🙏
order-free = ✅ <b>Free!</b> Your goods are right below. 🎁
invoice-subtotal = Subtotal: { $amount }
invoice-fee = Service fee: { $fee }
invoice-total = To pay: <b>{ $total }</b>
invoice-deadline = ⏰ Pay before <b>{ $deadline }</b> · { $left }
soon = soon
invoice-discount = Discount: −{ $discount }
invoice-from-balance = From your balance: −{ $amount }
invoice-hint = Scan this QR with any banking app or e-wallet. Your goods are sent as soon as the payment arrives.
invoice-no-picture = The picture of the QR could not be sent. Please pay with the <b>🌐 Payment Page</b> button.
invoice-checked = 🔎 Checked { $time }: the payment has not arrived yet. It usually takes only a few seconds.

## Goods
goods-place = 🔐 The goods of order <b>{ $code }</b> appear in this chat in a moment.
goods-title = 📦 <b>Goods of order { $code }</b>
goods-line = <b>{ $name }</b>
goods-file = 📦 The goods of order <b>{ $code }</b> are in this file, complete to the last letter.
goods-care = Keep them safe and share them with nobody. 🔒
## Terms
terms =
    📜 <b>Terms of { $product }</b> · order { $code }

    { $terms }
proof-ask =
    ✅ <b>Proof for { $product }</b> · order { $code }

    Send your proof here as a text or one photo. Only the store's admins can see it.
proof-unfit = 🤔 That is neither a text nor a photo. Please try again.
proof-kept = 🙏 Your proof for order { $code } has arrived and is stored encrypted. Thank you!
proof-replaced = 🙏 Your new proof for order { $code } is stored in place of the old one.
proof-opened = 📜 Proof for <b>{ $product }</b> · order { $code } · { $name } (<code>{ $id }</code>) · { $time }
proof-gone = 📭 This proof has been removed; its time was over.
proof-photo-gone = 🖼 Telegram cannot show the photo any more.
proofs-title = 📜 <b>Proofs</b> · { $total } stored. Press one to open it.
proofs-empty = 📜 There are no proofs yet. ({ $total })

## My orders
orders-title = 📦 <b>My Orders</b>
orders-empty = No orders yet. Have a look at the products first!
orders-line = { $code } · { $amount } · { $state }
state-invoicing = ⏳ being prepared
state-open = 💠 waiting for payment
state-paid = 📤 paid, being sent
state-delivered = ✅ done
state-expired = ⌛ expired
state-cancelled = ❌ cancelled
state-failed = ⚠️ failed
state-credited = 💼 on your balance
order-status = Status: { $state }
order-placed = Placed: { $time }
order-unknown = That order could not be found.
