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
button-coupon = 🎟️ Gunakan Kupon
button-drop-coupon = 🗑 Lepas Kupon
button-balance = 💼 Saldo
button-shared = 💼 Saldo + 💠 QRIS
button-my-balance = 💼 Saldo Saya
button-ledger = 🧾 Riwayat Saldo
button-prove = ✅ Penuhi SNK
button-language = 🌐 English
button-check = 🔄 Cek Pembayaran
button-page = 🌐 Halaman Bayar
button-cancel-order = ❌ Batalkan Pesanan
button-goods-again = 📦 Kirim Ulang Barang
button-copy = 📋 Salin
button-catalogue = 🛍 Lihat Produk
command-start = Menu utama
command-produk = Lihat semua produk
command-pesanan = Pesanan saya
command-saldo = Saldo dan isi saldo
command-bantuan = Bantuan
command-batal = Batalkan yang sedang berjalan
command-admin = Pengaturan toko
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
balance = 💰 Saldomu: <b>{ $balance }</b>
deposit-ask = Mau isi saldo? Pilih nominal di bawah, atau ketik jumlahnya ({ $least } sampai { $most }).
deposit-closed = Isi saldo belum dibuka di toko ini. Saldo yang ada tetap aman.
deposit-no-sum = 🤔 Jumlahnya belum terbaca. Ketik angkanya saja, misalnya <code>50000</code>.
deposit-out-of-bounds = 🤔 Isi saldo bisa dari { $least } sampai { $most } sekali isi.
ledger-title = 🧾 <b>Riwayat saldo</b> · sekarang <b>{ $balance }</b>
ledger-empty = Belum ada apa-apa di sini.
ledger-line = { $time } · <b>{ $amount }</b> · { $kind } { $about }
ledger-deposit = isi saldo
ledger-payment-credit = pembayaran masuk saldo
ledger-purchase = belanja
ledger-release = dikembalikan
ledger-refund = refund
ledger-adjustment = penyesuaian
admin-deposited = 💰 Deposit <b>{ $amount }</b> dari { $name } (<code>{ $id }</code>) sudah masuk. Kode: { $code }
admin-credited = 💼 Pembayaran <b>{ $amount }</b> untuk pesanan { $code } dari { $name } (<code>{ $id }</code>) masuk ke saldonya: { $why }.
too-fast = 🐢 Pelan-pelan, ya. Terlalu banyak ketukan sekaligus, jadi sebagian kami lewati. Tunggu beberapa detik, lalu lanjutkan.
flood = 🚨 { $name } (<code>{ $id }</code>) mengirim terlalu banyak permintaan sekaligus. Sebagian kami lewati.
blocked = 🙏 Maaf, akunmu tidak bisa memakai toko ini. Kalau menurutmu ini keliru, hubungi admin toko.
spoken = 🌐 Baik, mulai sekarang kita pakai bahasa Indonesia.
info-contact = 👤 Butuh bantuan? Hubungi { $admins }.
admin-name = Admin
left = Oke, tidak ada yang disimpan. 👌
not-for-you = Menu itu khusus pengelola toko. 🙂
balance-changed = 💼 Admin toko mengubah saldomu { $amount }, sekarang <b>{ $balance }</b>. Catatan: { $note }
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
search-found = 🔎 Yang cocok dengan <b>{ $words }</b>:
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
cart-subtotal = Subtotal: { $total }
cart-coupon = 🎟️ Kupon <code>{ $code }</code>: −{ $discount }
coupon-ask = 🎟️ Ketik kode kuponmu. Huruf besar atau kecil sama saja.
coupon-fits = 🎉 Kupon <code>{ $code }</code> dipakai untuk keranjang ini.
coupon-unknown = 🤔 Kupon itu tidak ada. Cek lagi ejaannya, ya.
coupon-too-early = ⏳ Kupon itu baru berlaku mulai { $from }.
coupon-expired = ⌛ Masa berlaku kupon itu sudah habis.
coupon-used-up = 😔 Kupon itu sudah habis dipakai.
coupon-used-by-you = 🙏 Kamu sudah memakai kupon itu.
cart-empty = 🧺 Keranjangmu masih kosong. Yuk, lihat produknya dulu!
cart-full = Keranjang sudah penuh. Selesaikan dulu yang ada, ya.
cart-repriced = 💬 Ada harga yang berubah: { $changes }. Silakan cek lagi, lalu lanjutkan.
cart-sum-changed = 💬 Totalnya berubah, sekarang <b>{ $total }</b>. Silakan cek lagi, lalu lanjutkan.
repriced-line = { $name } dari { $before } menjadi { $after }

## Pembayaran
pay-title = 💳 <b>Pilih cara bayar</b>
pay-hint = Total belanja: <b>{ $total }</b>. Biaya layanan ditampilkan di tagihan sebelum kamu membayar.
pay-hint-free = Total belanja: <b>{ $total }</b>. Gratis! Pilih cara mana saja untuk menyelesaikan.
pay-balance = 💼 Saldomu: { $balance }
pay-too-poor = 😔 Saldomu { $balance } belum cukup untuk { $total }. Isi saldo dulu, atau bayar dengan QRIS.
pay-sold-out = 😔 Stok <b>{ $name }</b> tinggal { $left }. Jumlahnya perlu diubah dulu.
pay-too-many = Masih ada { $most } pesanan yang belum dibayar. Bayar atau batalkan salah satunya dulu, ya.
pay-too-often = Sudah banyak pesanan yang dibuat dan belum dibayar. Coba lagi dalam beberapa menit, ya.
pay-not-set-up = 🛠 Toko ini belum menerima pembayaran. Penjualnya sedang menyiapkan; coba lagi nanti, ya.
pay-unpayable = QRIS hanya bisa untuk { $least } sampai { $most } sekali bayar. Total sekarang { $total }.
order-title = 🧾 <b>Pesanan { $code }</b>
deposit-title = 💰 <b>Isi saldo { $code }</b>
deposit-paid = ✅ <b>{ $amount } sudah masuk.</b> Saldomu sekarang <b>{ $balance }</b>. Terima kasih! 🙏
deposit-expired = ⌛ Waktu bayar habis, isi saldo ditutup. Kalau terlanjur membayar, tenang: uangmu tercatat otomatis.
deposit-cancelled = ❌ Isi saldo dibatalkan. Jangan bayar QR-nya lagi, ya.
deposit-failed = 😔 QRIS belum bisa dibuat sekarang. Isi saldo ini ditutup dan tidak ada yang ditagih. Coba lagi sebentar, ya.
order-balance-back = 💼 { $amount } sudah kembali ke saldomu.
order-line = • { $name } — { $quantity } × { $price }
order-invoicing = ⏳ Menyiapkan QRIS…
order-failed = 😔 QRIS belum bisa dibuat sekarang. Pesanan ini ditutup dan tidak ada yang ditagih. Coba lagi sebentar, ya.
order-expired = ⌛ Waktu bayar habis, pesanan ditutup dan stok dikembalikan. Kalau terlanjur membayar, tenang: uangmu tercatat otomatis.
order-cancelled = ❌ Pesanan dibatalkan. Jangan bayar QR-nya lagi, ya.
order-credited = 💼 Pembayaran <b>{ $amount }</b> sudah kami terima, tetapi barangnya tidak bisa dikirim ({ $why }). Uangmu masuk ke saldo, sekarang <b>{ $balance }</b>.
deposit-credited = 💼 Pembayaran <b>{ $amount }</b> sudah kami terima, walau tidak sesuai tagihan deposit ini ({ $why }). Uangmu masuk ke saldo, sekarang <b>{ $balance }</b>.
order-in-balance = 💼 Pembayaran untuk ini sudah masuk ke saldomu, sekarang <b>{ $balance }</b>.
order-checking = 🔎 Sedang dicek ({ $time }). Hasilnya muncul di tagihannya sebentar lagi.
credited-credited = masuk setelah pesanan ditutup dan stok sudah habis
credited-duplicate = pesanan ini sudah dibayar sebelumnya
credited-under = jumlahnya kurang dari tagihan
credited-over = jumlahnya lebih dari tagihan
order-paid = ✅ <b>Lunas!</b> Barang dikirim di bawah ini. Terima kasih! 🙏
order-free = ✅ <b>Gratis!</b> Barang dikirim di bawah ini. 🎁
invoice-subtotal = Subtotal: { $amount }
invoice-fee = Biaya layanan: { $fee }
invoice-total = Total bayar: <b>{ $total }</b>
invoice-deadline = ⏰ Bayar sebelum <b>{ $deadline }</b> · { $left }
soon = segera
invoice-discount = Diskon: −{ $discount }
invoice-from-balance = Dari saldo: −{ $amount }
invoice-hint = Scan QR ini dengan aplikasi bank atau e-wallet apa pun. Barang langsung dikirim setelah pembayaran masuk.
invoice-no-picture = Gambar QR tidak bisa dikirim. Bayar lewat tombol <b>🌐 Halaman Bayar</b>, ya.
invoice-checked = 🔎 Dicek { $time }: pembayaran belum masuk. Biasanya hanya butuh beberapa detik.

## Barang
goods-place = 🔐 Barang pesanan <b>{ $code }</b> muncul di chat ini sebentar lagi.
goods-title = 📦 <b>Barang pesanan { $code }</b>
goods-line = <b>{ $name }</b>
goods-file = 📦 Barang pesanan <b>{ $code }</b> ada di berkas ini, lengkap sampai huruf terakhir.
goods-care = Simpan baik-baik dan jangan dibagikan. 🔒
## Syarat dan ketentuan
terms =
    📜 <b>Syarat &amp; ketentuan { $product }</b> · pesanan { $code }

    { $terms }
proof-ask =
    ✅ <b>Bukti SNK { $product }</b> · pesanan { $code }

    Kirim buktinya di sini sebagai teks atau satu foto. Hanya admin toko yang bisa melihatnya.
proof-unfit = 🤔 Itu belum berupa teks atau foto. Coba kirim lagi, ya.
proof-kept = 🙏 Bukti untuk pesanan { $code } sudah kami terima dan simpan terenkripsi. Terima kasih!
proof-replaced = 🙏 Bukti baru untuk pesanan { $code } sudah kami simpan, yang lama diganti.
proof-opened = 📜 Bukti SNK <b>{ $product }</b> · pesanan { $code } · { $name } (<code>{ $id }</code>) · { $time }
proof-gone = 📭 Bukti ini sudah dihapus karena masa simpannya habis.
proof-photo-gone = 🖼 Fotonya tidak bisa ditampilkan lagi oleh Telegram.
proofs-title = 📜 <b>Bukti SNK</b> · { $total } tersimpan. Tekan salah satu untuk membukanya.
proofs-empty = 📜 Belum ada bukti SNK. ({ $total })

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
