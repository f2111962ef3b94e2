//! What buyers sent to show that they keep to the terms.

use crate::bot::{Errand, screens};
use crate::db::Tx;
use crate::primitives::{MessageId, ProofId};
use crate::shop::customers::Customer;
use crate::shop::{ShopError, terms};
use crate::worker::desk::Desk;

impl Desk<'_> {
    /// Brings a stored proof.
    pub(super) fn open_proof(&mut self, admin: &Customer, proof: ProofId) {
        self.errands.push(Errand::Proof { chat: admin.user_id.into(), proof });
    }

    /// A page of stored proofs.
    pub(super) async fn proofs(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        page: i64,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let speech = self.speech(admin);
        let (stored, total) = terms::proofs(tx, self.store.id, page).await?;
        let screen = screens::terms::proofs(speech, &self.store.zone, (page, total), &stored);
        self.show(admin, screen, edit);
        Ok(())
    }
}
