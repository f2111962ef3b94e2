
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
button-statistics = 📊 Statistik
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
