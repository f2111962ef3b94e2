
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