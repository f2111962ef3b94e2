
### Sisi penjual: menu, pertanyaan, dan kabar untuk admin.

## Menu
button-products = 📦 Kelola Produk
button-shelves = 🗂 Kelola Kategori
button-units = 🔐 Kelola Stok
button-proofs = 📜 Kelola SNK
button-all-orders = 📋 Kelola Order
button-users = 👥 Kelola User
button-coupons = 🎟️ Kelola Voucher
button-templates = 📝 Kelola Respon Bot
button-broadcast = 📢 Broadcast
button-calculator = 🧮 Calculator
button-adjust = 💰 Kelola Saldo
button-backup = 💾 Backup & Restore
button-sure = ✅ Ya, lanjutkan
button-skip = ⏭ Lewati
admin-menu =
    ⚙️ <b>Admin Settings</b> — { $store }

    Produk di etalase: <b>{ $products }</b>
    Pelanggan: <b>{ $customers }</b>

    Mau mengatur apa?
not-sure-any-more = ⌛ Konfirmasi itu sudah tidak berlaku. Silakan ulangi dari menunya.

## Saldo
adjust-ask =
    💰 <b>Kelola Saldo</b>

    Ketik ID pelanggan, jumlah, dan catatannya dalam satu pesan. Tanda minus mengurangi saldo.
    Contoh: <code>5000000001 25000 kompensasi gangguan</code>
adjust-unreadable = 🤔 Belum terbaca. Urutannya: ID, jumlah, catatan.
adjust-no-note = 🤔 Catatannya belum ada. Tulis alasannya di belakang jumlah.
adjust-nobody = 🤔 Tidak ada pelanggan dengan ID <code>{ $id }</code>.
adjust-too-much = 🤔 Saldo { $name } sekarang { $balance }; perubahan itu tidak bisa dilakukan.
adjusted = ✅ Saldo { $name } (<code>{ $id }</code>) { $amount }, sekarang <b>{ $balance }</b>. Catatan: { $note }
adjustment-report = 💼 <b>{ $store }</b>: { $admin } mengubah saldo { $name } (<code>{ $id }</code>) { $amount }, sekarang { $balance }. Catatan: { $note }

## Produk, kategori, stok
word-yes = ya
word-no = tidak
word-none = –
saved = ✅ Tersimpan.
button-new-product = ➕ Produk Baru
button-new-category = ➕ Kategori Baru
button-all-proofs = 🗂 Bukti SNK
button-save = ✅ Simpan
button-done = ✅ Selesai
button-delete = 🗑 Hapus
button-pause = ⏸ Berhenti Jual
button-sell = ▶️ Jual Lagi
button-hide = ⏸ Sembunyikan
button-unhide = ▶️ Tampilkan
button-terms = 📜 SNK
button-product = 📦 Produk
button-emoji = 🙂 Emoji
button-up = ⬆️ Naik
button-down = ⬇️ Turun
button-edit-name = ✏️ Nama
button-edit-price = 💵 Harga
button-edit-description = 📄 Deskripsi
button-edit-picture = 🖼 Gambar
button-edit-low-stock = 🔔 Batas Stok
button-edit-category = 🗂 Kategori
button-edit-terms-id = ✏️ SNK Indonesia
button-edit-terms-en = ✏️ SNK Inggris
button-add-units = ➕ Tambah Stok
button-see-units = 👁 Lihat Stok
button-undo = ↩️ Batalkan Kiriman Terakhir
button-void = 🚫 Jangan Dijual
button-move = 📦 Pindahkan
manage-products = 📦 <b>Kelola Produk</b> · { $total } produk
    ❗ stok habis · ⏸ tidak dijual
manage-stocks = 🔐 <b>Kelola Stok</b> · { $total } produk
    Pilih produk untuk menambah atau melihat stoknya.
manage-terms = 📜 <b>Kelola SNK</b> · { $total } produk
    Pilih produk untuk menulis syarat dan ketentuannya.
managed-product =
    📦 <b>{ $name }</b> · <code>{ $code }</code>

    Harga: <b>{ $price }</b>
    Kategori: { $category }
    Stok: <b>{ $stock }</b> · terjual { $sold }
    Peringatan stok menipis: { $low }
    Dijual: { $active } · bergambar: { $picture }

    { $description }
managed-gone = 🤔 Produk itu sudah tidak ada.
managed-terms =
    📜 <b>SNK { $name }</b>

    🇮🇩 { $id }

    🇬🇧 { $en }
unfit-code = 🤔 Kode hanya boleh huruf, angka, <code>-</code>, <code>_</code>, dan titik, paling panjang 32.
unfit-name = 🤔 Nama harus satu baris yang bisa dibaca dan tidak terlalu panjang.
unfit-price = 🤔 Harganya belum terbaca. Contoh: <code>45000</code> atau <code>Rp 45.000</code>.
unfit-description = 🤔 Deskripsinya terlalu panjang, paling banyak 2000 huruf.
unfit-picture = 🤔 Kirim satu foto, ya, bukan berkas.
unfit-emoji = 🤔 Kirim satu emoji saja.
unfit-low-stock = 🤔 Kirim satu angka, misalnya <code>3</code>.
unfit-terms = 🤔 SNK-nya kosong atau terlalu panjang.
ask-name = ✏️ Ketik nama baru untuk <b>{ $name }</b>.
ask-price = 💵 Ketik harga baru untuk <b>{ $name }</b>, misalnya <code>45.000</code>.
ask-description = 📄 Ketik deskripsi baru untuk <b>{ $name }</b>. Kirim <code>-</code> untuk mengosongkan.
ask-picture = 🖼 Kirim satu foto untuk <b>{ $name }</b>. Kirim <code>-</code> untuk menghapus gambarnya.
ask-low-stock = 🔔 Kabari admin kalau stok <b>{ $name }</b> tinggal berapa? Kirim <code>-</code> untuk ikut aturan toko.
ask-category = 🗂 <b>{ $name }</b> masuk kategori mana?
ask-terms-id = 📜 Ketik SNK bahasa Indonesia untuk <b>{ $name }</b>. Kirim <code>-</code> untuk menghapusnya.
ask-terms-en = 📜 Ketik SNK bahasa Inggris untuk <b>{ $name }</b>. Kirim <code>-</code> untuk menghapusnya.
step-of = ➕ <b>Produk baru</b> · langkah { $step } dari { $steps }
step-code = Ketik <b>kode</b> singkat produk, misalnya <code>NETFLIX1</code>.
step-name = Ketik <b>nama</b> yang dilihat pembeli.
step-price = Ketik <b>harga</b> satu unit, misalnya <code>45.000</code>.
step-category = Pilih <b>kategori</b>-nya.
step-description = Ketik <b>deskripsi</b> singkat.
step-picture = Kirim satu <b>foto</b> produk.
step-preview =
    👀 <b>Begini jadinya</b>

    <b>{ $name }</b> · <code>{ $code }</code>
    Harga: <b>{ $price }</b>
    Kategori: { $category }
    Bergambar: { $picture }

    { $description }

    Simpan?
code-taken = 🤔 Kode <code>{ $code }</code> sudah dipakai produk lain. Ketik kode lain, ya.
sure-delete-product =
    🗑 Hapus <b>{ $name }</b> dari toko?

    { $stock } stok yang belum terjual tidak akan dijual lagi. Riwayat dan barang pembeli tetap aman.
deleted-product = 🗑 <b>{ $name }</b> sudah dihapus; { $units } stok ditarik.
manage-categories = 🗂 <b>Kelola Kategori</b>
    Angka di belakang nama adalah jumlah produknya.
managed-category =
    🗂 <b>{ $name }</b>

    Produk: { $products }
    Tampil untuk pembeli: { $active }
ask-new-category = 🗂 Ketik nama kategori baru.
ask-category-name = ✏️ Ketik nama baru untuk kategori ini.
ask-category-emoji = 🙂 Kirim satu emoji untuk kategori ini. Kirim <code>-</code> untuk tanpa emoji.
too-many-categories = 🤔 Kategorinya sudah 50. Hapus tidak perlu, cukup ganti nama yang lama.
managed-units =
    🔐 <b>Stok { $name }</b>

    Siap dijual: <b>{ $available }</b>
    Menunggu dibayar: { $reserved }
    Terjual: { $delivered }
    Ditarik: { $voided }
last-batch = Kiriman terakhir: { $added } unit, { $when }.
last-batch-undone = Kiriman terakhir ({ $added } unit, { $when }) sudah dibatalkan.
ask-units =
    ➕ <b>Stok { $name }</b>

    Tempel unitnya, satu baris satu unit, atau kirim berkas TXT/CSV (sampai 20 MB). Boleh beberapa kali; tekan Selesai kalau sudah.
units-added = ✅ Masuk { $added } · sudah ada { $known } · tidak bisa dipakai { $bad }
units-reading = ⏳ Berkasnya sedang dibaca. Sebentar, ya.
units-none = 🤔 Tidak ada baris yang bisa dibaca.
units-file-too-large = 🤔 Berkasnya lebih dari 20 MB. Bagi dulu menjadi beberapa berkas, ya.
units-too-many = 🤔 Lebih dari { $most } baris. Bagi dulu menjadi beberapa berkas, ya.
units-file-unreadable = 🤔 Berkasnya tidak bisa dibaca. Kirim teks UTF-8 (TXT atau CSV), ya.
seen-units = 👁 <b>Stok { $name }</b> — sengaja ditutup sebagian. Tekan untuk menarik atau memindahkan.
no-units = 👁 <b>Stok { $name }</b> — tidak ada lagi.
one-unit = 🔐 <code>{ $unit }</code>, masuk { $when }.
ask-move = 📦 Ketik kode produk tujuan unit ini.
unit-gone = 🤔 Unit itu sudah terjual, dipesan, atau ditarik.
unit-voided = 🚫 Unit itu tidak akan dijual.
unit-moved = 📦 Unit itu sudah dipindahkan.
no-such-code = 🤔 Tidak ada produk dengan kode itu.
sure-void-unit = 🚫 Tarik unit ini dari penjualan untuk selamanya?
sure-undo-batch = ↩️ Batalkan kiriman terakhir? Unit yang sudah terjual atau sedang dipesan tetap.
batch-undone = ↩️ { $gone } unit ditarik kembali; { $kept } sudah terjual atau dipesan dan tetap.
batch-undone-before = 🤔 Kiriman itu sudah dibatalkan.
low-stock = 🔔 Stok menipis: <b>{ $name }</b> tinggal { $left }.

## Broadcast
cast-title = 📢 <b>Broadcast</b> · { $state }
cast-draft = 📝 draf
cast-scheduled = 🕒 terjadwal
cast-running = 🚀 sedang dikirim
cast-paused = ⏸ dijeda
cast-cancelled = ❌ dibatalkan
cast-done = ✅ selesai
cast-begins = Dikirim mulai <b>{ $time }</b>.
cast-numbers =
    { $bar }
    ✅ Terkirim: <b>{ $sent }</b>
    ⚠️ Gagal: { $failed }
    🚫 Dilewati (memblokir bot): { $skipped }
    ⏳ Sisa: { $left } dari { $total }
cast-pace = ⏱ { $time } · { $rate } pesan/detik
button-cast-pause = ⏸ Jeda
button-cast-resume = ▶️ Lanjutkan
button-cast-cancel = ❌ Batalkan
cast-everyone = semua pelanggan
cast-bought = yang pernah membeli
cast-never = yang belum pernah membeli
cast-product = pembeli { $product }
cast-idle = yang tidak aktif { $days } hari
cast-choose =
    📢 <b>Broadcast</b>

    Kirim ke siapa?
cast-choose-or-look =
    📢 <b>Broadcast</b>

    Kirim ke siapa? Di bawahnya ada broadcast terakhir.
cast-which-product = 📦 Kirim ke pembeli produk yang mana?
cast-ask-message =
    📢 Untuk <b>{ $to }</b>: { $people } orang ({ $gone } lagi tidak bisa dihubungi).

    Kirim pesannya di sini, teks atau satu foto dengan keterangan. Tebal, tautan, dan format lainnya ikut terkirim.
cast-no-message = 🤔 Itu belum berupa teks atau foto. Coba kirim lagi, ya.
cast-preview =
    👆 Begini pesannya nanti. Untuk <b>{ $to }</b>: { $people } orang ({ $gone } lagi tidak bisa dihubungi).

    Pesan aslimu jangan dihapus sampai semuanya terkirim.
cast-ask-time =
    🕒 Kapan dikirim? Ketik waktunya, misalnya <code>besok 09:00</code> atau <code>2026-12-31 19:30</code>.

    Sekarang { $now }.
cast-no-time = 🤔 Waktunya belum terbaca. Contoh: <code>besok 09:00</code>.
cast-time-passed = 🤔 Waktu itu sudah lewat atau terlalu jauh.
cast-sure-now = 📢 Kirim <b>sekarang</b> ke <b>{ $to }</b>: { $people } orang ({ $gone } lagi tidak bisa dihubungi)?
cast-sure-later = 📢 Kirim <b>{ $time }</b> ke <b>{ $to }</b>: { $people } orang untuk saat ini ({ $gone } lagi tidak bisa dihubungi)?
cast-gone = 🤔 Draf itu sudah tidak ada atau sudah dikirim.
button-cast-everyone = 👥 Semua
button-cast-bought = 🛍 Pernah beli
button-cast-never = 🌱 Belum pernah beli
button-cast-product = 📦 Pembeli produk…
button-cast-idle = hari absen 😴
button-cast-now = 🚀 Kirim sekarang
button-cast-later = 🕒 Jadwalkan
button-cast-drop = 🗑 Buang

## Order
button-newest = ⏮ Terbaru
button-older = Lebih lama ➡️
button-find-order = 🔎 Cari Order
button-mark-paid = ✅ Tandai Lunas
button-cancel-sale = ❌ Batalkan Order
button-resend = 📦 Kirim Ulang Barang
button-refund = ↩️ Refund ke Saldo
button-buyer = 👤 Pembeli
mark-invoicing = ⏳
mark-open = ⏳
mark-paid = 💸
mark-delivered = ✅
mark-expired = ⌛
mark-cancelled = ❌
mark-failed = ⚠️
mark-credited = 💰
sale-all = Semua
sale-invoicing = Disiapkan
sale-open = Belum bayar
sale-paid = Lunas
sale-delivered = Terkirim
sale-expired = Kedaluwarsa
sale-cancelled = Batal
sale-failed = Gagal
sale-credited = Masuk saldo
sales = 📋 <b>Kelola Order</b> · { $total } order
sale-line = { $mark } <code>{ $code }</code> · { $name } · { $amount } · { $at }
one-sale =
    📋 Order <code>{ $code }</code> — <b>{ $state }</b>

    Pembeli: { $name } (<code>{ $id }</code>)
    Total: <b>{ $amount }</b>
    Dipesan: { $placed }
    Dibayar: { $paid }
    Ditandai lunas: { $note }
    Refund: { $refunded }
ask-order = 🔎 Ketik kode ordernya, misalnya <code>7HK2MN4P</code>.
sale-unknown = 🤔 Tidak ada order dengan kode itu.
ask-pay-note =
    ✅ Uangnya sudah Anda terima dengan cara lain? Ketik catatannya, misalnya <i>transfer BCA 12.30</i>.

    Barang langsung dikirim, dan catatan ini tersimpan di log.
no-pay-note = 🤔 Tulis catatan yang jelas, paling sedikit 3 huruf. Tanpa catatan, order tidak ditandai lunas.
sale-called-paid = ✅ Ditandai lunas. Barangnya sedang dikirim.
sale-goods-gone = 🤔 Stok, voucher, atau saldonya sudah tidak cukup untuk order ini. Tidak ada yang berubah.
sale-moved-on = ⌛ Status order ini sudah berubah. Lihat yang terbaru di atas.
sale-ended = ✅ Order dibatalkan, stoknya kembali.
sale-refunded = ✅ Uangnya sudah kembali ke saldo pembeli.
sale-resent = ✅ Barangnya dikirim ulang ke pembeli.
sure-cancel = ❌ Batalkan order <code>{ $code }</code> dari { $name } ({ $amount })?
sure-refund =
    ↩️ Kembalikan <b>{ $amount }</b> ke saldo { $name } untuk order <code>{ $code }</code>?

    Barang yang sudah terkirim tetap milik pembeli. Refund hanya bisa sekali.
refunded-to-you = 💰 Order <code>{ $code }</code> direfund: <b>{ $amount }</b> masuk ke saldo Anda, sekarang { $balance }.
paid-by-hand-report = 💼 { $admin } menandai order <code>{ $code }</code> dari { $name } ({ $amount }) lunas. Catatan: { $note }
notice-new = 🆕 Order <code>{ $code }</code> dari { $name } (<code>{ $id }</code>) · <b>{ $amount }</b> · menunggu pembayaran
notice-paid = ✅ Order <code>{ $code }</code> dari { $name } (<code>{ $id }</code>) · <b>{ $amount }</b> · lunas
notice-expired = ⌛ Order <code>{ $code }</code> dari { $name } (<code>{ $id }</code>) · { $amount } · kedaluwarsa
notice-cancelled = ❌ Order <code>{ $code }</code> dari { $name } (<code>{ $id }</code>) · { $amount } · dibatalkan
notice-failed = ⚠️ Order <code>{ $code }</code> dari { $name } (<code>{ $id }</code>) · { $amount } · QRIS gagal dibuat
notice-credited = 💰 Order <code>{ $code }</code> dari { $name } (<code>{ $id }</code>) · { $amount } · masuk ke saldo pembeli

## User
button-find-user = 🔎 Cari User
button-block = 🚫 Blokir
button-unblock = ✅ Buka Blokir
users = 👥 <b>Kelola User</b> · { $total } pelanggan
users-found = 🔎 Yang cocok:
user-unknown = 🤔 Tidak ada pelanggan dengan ID atau nama “{ $typed }”.
ask-user = 🔎 Ketik ID Telegram atau sebagian namanya.
ask-sum =
    💰 Ketik jumlah dan catatannya. Tanda minus mengurangi saldo.
    Contoh: <code>25000 kompensasi gangguan</code>
one-user =
    👤 <b>{ $name }</b> (<code>{ $id }</code>)

    Saldo: <b>{ $balance }</b>
    Order: { $orders }
    Sejak: { $since }
    Diblokir: { $blocked }

## Voucher
button-new-coupon = ➕ Voucher Baru
button-stop-coupon = ⏸ Matikan
button-allow-coupon = ▶️ Aktifkan
coupons = 🎟️ <b>Kelola Voucher</b> · { $total } voucher
    ⏸ dimatikan · angka terakhir: berapa kali dipakai
one-coupon =
    🎟️ <b>{ $code }</b> — potongan <b>{ $off }</b>

    Dipakai: { $used } kali
    Batas pemakaian: { $most }
    Batas per pelanggan: { $each }
    Mulai: { $from }
    Sampai: { $until }
    Aktif: { $active }
coupon-step-of = 🎟️ <b>Voucher baru</b> · langkah { $step } dari { $steps }
coupon-step-code = Ketik <b>kode</b>-nya, misalnya <code>HEMAT10</code>.
coupon-step-value = <code>{ $code }</code>: potongannya berapa? Misalnya <code>10%</code> atau <code>5.000</code>.
coupon-step-max-uses = Boleh dipakai <b>berapa kali</b> semuanya?
coupon-step-per-customer = Boleh dipakai berapa kali <b>oleh satu pelanggan</b>?
coupon-step-until = Berlaku <b>sampai kapan</b>? Misalnya <code>besok 23:59</code> atau <code>31-12-2026 23:59</code>.
    Sekarang { $now }.
coupon-unfit-code = 🤔 Pakai 3–32 huruf, angka, <code>-</code>, atau <code>_</code>.
coupon-unfit-value = 🤔 Belum terbaca. Tulis persen (<code>1%</code>–<code>100%</code>) atau rupiah.
coupon-unfit-max-uses = 🤔 Tulis satu angka, paling sedikit 1.
coupon-unfit-per-customer = 🤔 Tulis satu angka, paling sedikit 1.
coupon-unfit-until = 🤔 Waktunya belum terbaca atau sudah lewat.
coupon-taken = 🤔 Sudah ada voucher dengan kode itu. Pakai kode lain.

## Calculator
button-factors = ⚙️ Ubah Faktor
calculator =
    🧮 <b>Calculator Refund</b>

    Ketik harga, total hari, sisa hari, dan jumlah klaim garansi dalam satu pesan.
    Contoh: <code>10000 30 15 0</code>

    Faktor: terpakai sampai 7 hari { $fresh }%, lebih lama { $used }%; klaim 1–2 kali { $few }%, 3 kali { $three }%, lebih { $many }%. Dipakai yang lebih kecil.
calculator-result = 💵 { $price } × { $left }/{ $days } hari × { $factor }% (klaim { $claims }) = <b>{ $refund }</b>
calculator-unreadable = 🤔 Belum terbaca. Kirim empat angka: harga, total hari, sisa hari, klaim.
calculator-no-days = 🤔 Total harinya tidak boleh 0.
calculator-too-many-left = 🤔 Sisa harinya lebih banyak dari total harinya.
calculator-factors =
    ⚙️ <b>Faktor refund</b> dalam persen, sekarang: <code>{ $fresh } { $used } { $few } { $three } { $many }</code>

    Urutannya: terpakai sampai 7 hari, lebih lama, klaim 1–2 kali, 3 kali, lebih. Kirim lima angka, atau <code>-</code> untuk kembali ke bawaan.
calculator-no-factors = 🤔 Kirim lima angka 0–100, dipisah spasi.

## Log
button-audit = 🧾 Log Perubahan
audit = 🧾 <b>Log perubahan</b>, yang terbaru di atas
audit-service = sistem
audit-entry = <b>{ $place }</b> · { $at } · { $who } · <code>{ $action }</code> { $subject }: { $before } → { $after } · { $note }

## Respon bot
button-replies = 📝 Kelola Respon Bot
button-edit-reply = ✏️ Ubah
button-versions = 🕘 Versi
button-reset = ♻️ Bawaan
button-publish = ✅ Terbitkan
language-id = 🇮🇩 Indonesia
language-en = 🇬🇧 English
reply-welcome = 👋 Sambutan
reply-how-to = 📖 Cara Order
reply-product = 🏷 Kartu Produk
reply-cart = 🧺 Keranjang
reply-invoice = 🧾 Tagihan
reply-paid = ✅ Lunas
reply-expired = ⌛ Kedaluwarsa
reply-cancelled = ❌ Dibatalkan
reply-terms = 📜 SNK
reply-own = buatanmu
reply-built-in = bawaan
replies =
    📝 <b>Kelola Respon Bot</b>

    Tulis ulang kata-kata bot dengan gayamu. Angka penting seperti harga dan total tagihan selalu tetap tampil.
one-reply =
    📝 <b>{ $reply }</b> · { $whose }

    { $text }

    Boleh dipakai: { $allowed }
ask-reply =
    ✏️ Kirim teks barunya. Tebal, miring, dan tautan dari Telegram ikut; tag seperti <code>&lt;b&gt;tebal&lt;/b&gt;</code> juga bisa diketik.
ask-reply-or-picture =
    ✏️ Kirim teks barunya, atau foto untuk gambarnya (<code>-</code> menghapus gambar). Tebal, miring, dan tautan dari Telegram ikut; tag seperti <code>&lt;b&gt;tebal&lt;/b&gt;</code> juga bisa diketik.
reply-preview = 👁 <b>Pratinjau { $reply }</b> dengan data contoh. Belum terlihat pembeli. Kirim teks lain untuk mengganti.
reply-empty = 🤔 Teksnya kosong.
reply-too-long = 🤔 Teksnya kepanjangan. Paling banyak { $most } karakter setelah datanya terisi.
reply-unknown = 🤔 <code>&#123;{ $name }&#125;</code> tidak dikenal di sini. Boleh dipakai: { $allowed }
reply-lacks = 🤔 <code>&#123;{ $name }&#125;</code> harus ada, supaya pembeli selalu melihatnya.
reply-markup = 🤔 Formatnya belum benar: { $why }
reply-no-picture = 🤔 Respon ini tidak bisa memakai gambar. Kirim teks saja.
reply-broken = ⚠️ Teks buatanmu untuk <b>{ $reply }</b> tidak bisa dipakai, jadi pembeli melihat teks bawaan. Cek lagi di 📝 Kelola Respon Bot.

## Versi
setting-calculator = 🧮 Faktor refund
version-built-in = bawaan
versions = 🕘 <b>Versi { $setting }</b>, yang terbaru di atas. Tekan salah satu untuk memakainya lagi.
versions-none = 🕘 <b>{ $setting }</b> belum pernah diubah.

## Statistik
button-statistics = 📊 Statistik
span-1 = Hari ini
span-7 = 7 hari
span-30 = 30 hari
statistics =
    📊 <b>Statistik · { $span }</b> · per { $time }

    💰 Omzet: <b>{ $revenue }</b>
    🧾 Order dibuat: <b>{ $placed }</b>
    ✅ Lunas: <b>{ $paid }</b> · ⌛ Kedaluwarsa: <b>{ $expired }</b>
    📈 Konversi: <b>{ $conversion }%</b>
    ↩️ Direfund: { $refunded }
statistics-best = 🏆 <b>Terlaris</b>
statistics-product = { $place }. { $name } · { $quantity }× · { $revenue }

## Cadangan pengaturan
button-save-configuration = 💾 Unduh Cadangan
button-restore-configuration = ♻️ Pulihkan
configuration =
    💾 <b>Backup &amp; Restore</b>

    Satu berkas berisi semua yang kamu atur: respon bot, faktor refund, produk, kategori, SNK, dan voucher. Stok, pelanggan, dan pesanan tidak ikut.
configuration-sending = 📤 Berkasnya sedang disiapkan.
configuration-caption = 💾 Cadangan pengaturan toko. Simpan di tempat aman.
configuration-too-large = 🐘 Isi tokomu terlalu besar untuk satu berkas di chat (paling besar 5 MB). Minta pengelola server menjalankan <code>auto-order catalogue export</code>.
configuration-sure = ♻️ Semua pengaturan akan diganti dengan isi berkas. Yang tidak ada di berkas: respon dan faktor kembali ke bawaan, produk tetap ada. Lanjutkan?
ask-configuration = 📎 Kirim berkas cadangannya (.json, paling besar 5 MB).
configuration-no-file = 🤔 Itu bukan berkas, atau terlalu besar.
configuration-reading = ⏳ Berkasnya sedang dibaca. Hasilnya muncul sebentar lagi.
configuration-restored = ✅ Pengaturan dipulihkan: { $changed } hal berubah. Semuanya tercatat di log, dan respon bisa dikembalikan lewat 🕘 Versi.
configuration-unfit =
    🤔 Berkasnya tidak bisa dipakai, jadi tidak ada yang berubah:
    { $faults }

## Siapkan toko
button-setup = 🧭 Siapkan Toko
button-setup-begin = ▶️ Mulai
button-setup-name = 🏷 Nama Toko
button-setup-zone = 🕐 Zona Waktu
button-setup-project = 💳 Proyek Pakasir
button-setup-key = 🔑 API Key
button-setup-secret = 🔔 Webhook Secret
button-setup-rehearsal = 🧪 Uji Coba
button-setup-rehearse = 🧪 Mulai Uji Coba
button-setup-buy = 🛒 Beli Sekarang
button-setup-open = 🚀 Buka Toko
button-setup-open-now = ⏭ Buka tanpa uji coba
invitation-taken =
    🎉 <b>Selamat! { $store } sekarang milikmu.</b>

    Kamu admin sekaligus pemilik toko ini. Menu <b>⚙️ Admin Settings</b> sudah ada di tombol di bawah chat. Yuk, siapkan tokonya.
invitation-void =
    🔗 Tautan ini tidak berlaku: mungkin sudah dipakai, sudah kedaluwarsa, atau sudah ada yang lebih baru.

    Kalau toko ini milikmu, minta tautan baru di server: <code>auto-order store claim</code>
setup-there = ✅ tersimpan
setup-missing = ▫️ belum diisi
setup-mode-none = ⏳ Toko bisa dilihat, tapi belum menerima pembayaran.
setup-mode-rehearsal = 🧪 Uji coba: hanya admin yang bisa belanja, dengan uang mainan.
setup-mode-sandbox = 🧪 Mode sandbox: toko menerima uang mainan.
setup-mode-open = 🚀 Toko buka dan menerima uang sungguhan.
setup =
    🧭 <b>Siapkan Toko</b> — { $store }

    🕐 Zona waktu: { $zone }
    💳 Proyek Pakasir: { $project }
    🔑 API key: { $key }
    🔔 Webhook secret: { $secret }

    { $mode }

    Tiap langkah boleh dilewati dan bisa diulang kapan saja.
setup-step = 🧭 <b>Siapkan Toko</b> · langkah { $step } dari { $steps }
setup-ask-name = Apa <b>nama toko</b>-mu? Sekarang: <b>{ $store }</b>
setup-ask-zone = Tokomu ikut <b>jam</b> mana? Pilih, atau ketik namanya, misalnya <code>Asia/Jakarta</code>. Sekarang: <b>{ $zone }</b>
setup-ask-project =
    Ketik <b>slug proyek Pakasir</b>-mu, misalnya <code>toko-budi</code>.

    Belum punya? Buat proyek di <a href="https://app.pakasir.com">app.pakasir.com</a>; slug-nya terlihat di halaman proyek.
setup-ask-key =
    Kirim <b>API Key</b> proyek itu. Salin dari halaman detail proyek di Pakasir.

    🔒 Pesanmu langsung dihapus dari chat, dan kuncinya disimpan terenkripsi.
setup-ask-secret =
    Salin alamat ini ke <b>Webhook URL</b> di proyek Pakasir:

    <code>{ $address }</code>

    Lalu kirim <b>webhook secret</b> yang tampil di sana. Dengan itu pembayaran terdeteksi dalam hitungan detik. Boleh dilewati; bot tetap mengecek sendiri, hanya sedikit lebih lambat.

    🔒 Pesanmu langsung dihapus dari chat.
setup-unfit-name = 🤔 Nama toko satu baris saja, maksimal 64 karakter.
setup-unfit-zone = 🤔 Zona waktunya tidak dikenal. Coba pilih lewat tombol.
setup-unfit-project = 🤔 Itu bukan slug proyek. Slug tanpa spasi, misalnya <code>toko-budi</code>.
setup-unfit-key = 🤔 Itu bukan API key: harus satu baris tanpa spasi. Pesanmu sudah dihapus; coba salin lagi, ya.
setup-unfit-secret = 🤔 Itu bukan webhook secret: harus satu baris tanpa spasi. Pesanmu sudah dihapus; coba salin lagi, ya.
setup-sealed = 🔒 Tersimpan dan terenkripsi; pesanmu dihapus.
setup-not-yet =
    🧪 <b>Uji coba</b>

    Slug proyek dan API key Pakasir belum lengkap, jadi toko belum bisa menerima QRIS. Isi dulu, ya.
setup-rehearse =
    🧪 <b>Uji coba sebelum buka</b>

    Kamu belanja di tokomu sendiri dengan uang mainan, dari keranjang sampai barang tiba. Selama itu pembeli lain belum bisa membayar.

    1. Nyalakan <b>mode Sandbox</b> di proyek Pakasir.
    2. Tekan <b>🧪 Mulai Uji Coba</b>. Kalau belum ada produk, satu produk uji coba dibuatkan.
setup-rehearsing =
    🧪 <b>Uji coba berjalan</b>

    1. Tekan <b>🛒 Beli Sekarang</b> dan bayar dengan <b>💠 QRIS</b>.
    2. Di bawah QR, buka <b>🌐 Halaman Bayar</b> dan jalankan simulasi pembayarannya.
    3. Barang tiba di chat ini? Tekan <b>🚀 Buka Toko</b>.

    Belum muncul QR-nya? Pastikan mode Sandbox di proyek Pakasir menyala.
setup-has-buyers =
    🧪 <b>Uji coba</b>

    Toko ini sudah punya pesanan dari pembeli, jadi uang mainan tidak diterima lagi. Tokomu tetap buka seperti biasa.
setup-rehearsed =
    ✅ <b>Berhasil!</b> Pembayaran uji coba diterima dan barangnya sudah dikirim ke chat ini.

    Kalau semuanya sudah pas, saatnya membuka toko.
setup-owners-only = 🔐 Proyek, kunci Pakasir, uji coba, dan buka toko hanya bisa diatur oleh pemilik toko. Tidak ada yang berubah.
setup-being-paid = ⏳ Masih ada pesanan yang menunggu pembayaran lewat proyek yang sekarang, jadi proyeknya belum bisa diganti. Tunggu sampai dibayar atau batal, lalu ketik lagi, ya.
setup-report-project = 🔐 <b>{ $store }</b>: { $admin } mengganti proyek Pakasir dari { $before } ke { $after }. Mulai sekarang pembayaran masuk ke proyek itu.
setup-report-key = 🔐 <b>{ $store }</b>: { $admin } mengganti API key Pakasir.
setup-report-secret = 🔐 <b>{ $store }</b>: { $admin } mengganti webhook secret Pakasir.
setup-report-play = 🧪 <b>{ $store }</b>: { $admin } memulai uji coba. Untuk sementara toko hanya menerima uang mainan.
setup-report-live = 🚀 <b>{ $store }</b>: { $admin } membuka toko. Mulai sekarang toko menerima uang sungguhan.
setup-no-deposits = 🛠 Toko ini sedang bersiap, jadi isi saldo belum dibuka. Coba lagi setelah toko buka, ya.
setup-unpaid = ⏳ Masih ada pesanan uji coba yang belum dibayar. Bayar atau batalkan dulu, lalu tekan <b>🚀 Buka Toko</b> lagi.
setup-open =
    🚀 <b>{ $store } sudah buka!</b>

    Mulai sekarang toko hanya menerima uang sungguhan. Jangan lupa <b>matikan mode Sandbox</b> di proyek Pakasir.

    Tinggal isi produkmu, lalu bagikan tautan bot ini ke pelanggan.
setup-open-without =
    🚀 <b>{ $store } sudah bisa dilihat pelanggan.</b>

    Pembayaran QRIS menyusul begitu proyek Pakasir diisi lewat <b>🧭 Siapkan Toko</b>.
setup-not-open = 🛠 Toko ini sedang bersiap dan sebentar lagi buka. Keranjangmu tetap tersimpan; coba lagi nanti, ya.
setup-test-product = Produk Uji Coba
setup-test-unit = Barang uji coba sudah sampai 🎉
