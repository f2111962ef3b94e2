# Teks percakapan. <b>, <i>, <code> adalah format Telegram; nilai dalam { } selalu tampil apa adanya.

## Tombol: kata-katanya dikenal pembeli, penjual, dan tes.
button-all-products = 🛍 Semua Produk
button-categories = 🗂 Kategori
button-stock = 🏷 Cek Stok
button-cart = 🧺 Keranjang
button-orders = 📦 Pesanan Saya
button-deposit = 💰 Deposit
button-info = ℹ️ Informasi
button-how-to = 📖 Cara Order
button-admin = ⚙️ Admin Settings
button-previous = ⬅️ Sebelumnya
button-next = ➡️ Berikutnya
button-refresh = 🔄 Refresh
button-back = ⬅️ Kembali
button-less = ➖
button-more = ➕
button-x2 = ✌️ x2
button-x5 = 🖐️ x5
button-x10 = 🔟 x10
button-to-cart = 🧺 Lanjut ke Keranjang
button-cancel = ❌ Batal
button-checkout = 💳 Lanjut ke Pembayaran
button-empty-cart = 🗑 Kosongkan
button-qris = 💠 QRIS
button-check = 🔄 Cek Pembayaran
button-page = 🌐 Halaman Bayar
button-cancel-order = ❌ Batalkan Pesanan
button-goods-again = 📦 Kirim Ulang Barang
button-copy = 📋 Salin
button-catalogue = 🛍 Lihat Produk
placeholder = Ketik nomor atau nama produk…

## Sambutan
welcome =
    👋 Halo, <b>{ $name }</b>! Selamat datang di <b>{ $store }</b>.

    👥 Pelanggan: <b>{ $customers }</b>
    ✅ Pesanan selesai: <b>{ $orders }</b>

    Pilih menu di bawah, atau ketik nomor produk. Barang langsung dikirim di chat ini begitu pembayaran masuk. ⚡
help =
    Yang bisa kamu lakukan di sini:

    🛍 <b>Semua Produk</b> untuk melihat-lihat
    🧺 <b>Keranjang</b> untuk lanjut membayar
    📦 <b>Pesanan Saya</b> untuk melihat riwayat

    Perintah: /start · /produk · /pesanan · /saldo · /bantuan · /batal
how-to =
    📖 <b>Cara order di { $store }</b>

    1. Buka <b>🛍 Semua Produk</b> dan pilih produknya.
    2. Atur jumlahnya, lalu tekan <b>🧺 Lanjut ke Keranjang</b>.
    3. Tekan <b>💳 Lanjut ke Pembayaran</b>, lalu <b>💠 QRIS</b>.
    4. Scan QR dengan aplikasi bank atau e-wallet apa pun.
    5. Selesai! Barang dikirim otomatis di chat ini, biasanya dalam hitungan detik.

    Jumlah yang dibayar harus sama persis dengan yang tertulis di QR.
info =
    ℹ️ <b>Informasi akun</b>

    Nama: <b>{ $name }</b>
    ID: <code>{ $id }</code>
    Saldo: <b>{ $balance }</b>
    Jumlah pesanan: <b>{ $orders }</b>
balance =
    💰 Saldomu: <b>{ $balance }</b>

    Isi saldo belum dibuka di toko ini. Saldo yang ada tetap aman.
left = Oke, tidak ada yang disimpan. 👌
not-for-you = Menu itu khusus pengelola toko. 🙂
admin-menu =
    ⚙️ <b>Admin Settings</b> — { $store }

    Produk di etalase: <b>{ $products }</b>
    Pelanggan: <b>{ $customers }</b>

    Katalog diatur lewat berkas dengan perintah <code>auto-order catalogue import</code> di server.
apology = 😔 Maaf, ada gangguan di pihak kami. Sudah kami catat dengan nomor <code>{ $id }</code>. Coba lagi sebentar, ya.

## Katalog
list-title = 🛍 <b>Semua Produk</b>
list-title-category = 🗂 <b>{ $category }</b>
list-page = Halaman { $page } dari { $pages }
list-line =
    <b>{ $place }. { $name }</b>
    { $price } · stok { $stock } · terjual { $sold }
list-line-sold-out =
    <b>{ $place }. { $name }</b>
    { $price } · ❗ stok habis
list-hint = Tekan nomornya untuk melihat detail.
list-empty = 🙈 Belum ada produk yang bisa dibeli sekarang. Mampir lagi nanti, ya!
categories-title = 🗂 <b>Pilih kategori</b>
categories-empty = Belum ada kategori. Lihat 🛍 Semua Produk saja, ya.
stock-title = 🏷 <b>Stok saat ini</b>
stock-line = { $name }: <b>{ $stock }</b>
stock-time = Diperbarui { $time }
product-gone = Produk itu sudah tidak dijual. Silakan pilih yang lain. 🙏
no-such-number = Tidak ada produk nomor { $place }. Coba lihat daftarnya dulu, ya.

## Kartu produk
card =
    🏷 <b>{ $name }</b>
    { $description }
    💵 Harga: <b>{ $price }</b>
    📦 Stok: <b>{ $stock }</b> · Terjual: <b>{ $sold }</b>
    🗂 Kategori: { $category }

    Jumlah: <b>{ $quantity }</b> · Total: <b>{ $total }</b>
card-capped = ⚠️ Paling banyak { $most } untuk sekarang, jadi jumlahnya kami sesuaikan.
card-sold-out = ❗ Stoknya sedang habis.

## Keranjang
cart-title = 🧺 <b>Keranjang</b>
cart-line = • { $name } — { $quantity } × { $price } = <b>{ $sum }</b>
cart-line-short = ⚠️ stok tinggal { $stock }
cart-total = Total: <b>{ $total }</b>
cart-empty = 🧺 Keranjangmu masih kosong. Yuk, lihat produknya dulu!
cart-full = Keranjang sudah penuh. Selesaikan dulu yang ada, ya.
cart-repriced = 💬 Ada harga yang berubah: { $changes }. Silakan cek lagi, lalu lanjutkan.
repriced-line = { $name } dari { $before } menjadi { $after }

## Pembayaran
pay-title = 💳 <b>Pilih cara bayar</b>
pay-hint = Total belanja: <b>{ $total }</b>. Biaya layanan ditampilkan di tagihan sebelum kamu membayar.
pay-sold-out = 😔 Stok <b>{ $name }</b> tinggal { $left }. Jumlahnya perlu diubah dulu.
pay-too-many = Masih ada { $most } pesanan yang belum dibayar. Bayar atau batalkan salah satunya dulu, ya.
pay-not-set-up = 🛠 Toko ini belum menerima pembayaran. Penjualnya sedang menyiapkan; coba lagi nanti, ya.
pay-unpayable = QRIS hanya bisa untuk { $least } sampai { $most } sekali bayar. Total sekarang { $total }.
order-title = 🧾 <b>Pesanan { $code }</b>
order-line = • { $name } — { $quantity } × { $price }
order-invoicing = ⏳ Menyiapkan QRIS…
order-failed = 😔 QRIS belum bisa dibuat sekarang. Pesanan ini ditutup dan tidak ada yang ditagih. Coba lagi sebentar, ya.
order-expired = ⌛ Waktu bayar habis, pesanan ditutup dan stok dikembalikan. Kalau terlanjur membayar, tenang: uangmu tercatat otomatis.
order-cancelled = ❌ Pesanan dibatalkan. Jangan bayar QR-nya lagi, ya.
order-credited = 💼 Pembayaran <b>{ $amount }</b> sudah kami terima, tetapi barangnya tidak bisa dikirim ({ $why }). Uangmu masuk ke saldo, sekarang <b>{ $balance }</b>.
credited-credited = masuk setelah pesanan ditutup dan stok sudah habis
credited-duplicate = pesanan ini sudah dibayar sebelumnya
credited-under = jumlahnya kurang dari tagihan
credited-over = jumlahnya lebih dari tagihan
order-paid = ✅ <b>Lunas!</b> Barang dikirim di bawah ini. Terima kasih! 🙏
order-free = ✅ <b>Gratis!</b> Barang dikirim di bawah ini. 🎁
invoice-subtotal = Subtotal: { $amount }
invoice-fee = Biaya layanan: { $fee }
invoice-total = Total bayar: <b>{ $total }</b>
invoice-deadline = ⏰ Bayar sebelum <b>{ $deadline }</b>
invoice-hint = Scan QR ini dengan aplikasi bank atau e-wallet apa pun. Barang langsung dikirim setelah pembayaran masuk.
invoice-no-picture = Gambar QR tidak bisa dikirim. Bayar lewat tombol <b>🌐 Halaman Bayar</b>, ya.
invoice-checked = 🔎 Dicek { $time }: pembayaran belum masuk. Biasanya hanya butuh beberapa detik.

## Barang
goods-place = 🔐 Barang pesanan <b>{ $code }</b> muncul di chat ini sebentar lagi.
goods-title = 📦 <b>Barang pesanan { $code }</b>
goods-line = <b>{ $name }</b>
goods-file = 📦 Barang pesanan <b>{ $code }</b> ada di berkas ini, lengkap sampai huruf terakhir.
goods-care = Simpan baik-baik dan jangan dibagikan. 🔒

## Pesanan saya
orders-title = 📦 <b>Pesanan Saya</b>
orders-empty = Belum ada pesanan. Yuk, lihat produknya dulu!
orders-line = { $code } · { $amount } · { $state }
state-invoicing = ⏳ disiapkan
state-open = 💠 menunggu pembayaran
state-paid = 📤 lunas, sedang dikirim
state-delivered = ✅ selesai
state-expired = ⌛ kedaluwarsa
state-cancelled = ❌ dibatalkan
state-failed = ⚠️ gagal
state-credited = 💼 masuk saldo
order-status = Status: { $state }
order-placed = Dibuat: { $time }
order-unknown = Pesanan itu tidak ditemukan.
