
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
