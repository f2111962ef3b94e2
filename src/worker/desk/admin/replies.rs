//! The replies that a store words itself: asked for, looked at, and only then used.

use super::NOTHING;
use crate::bot::screens::admin::{products, replies as screens};
use crate::bot::{Manage, Question, Said, Slot, Template, Wizard};
use crate::db::Tx;
use crate::primitives::MessageId;
use crate::shop::customers::Customer;
use crate::shop::{ShopError, settings};
use crate::telegram::Html;
use crate::worker::desk::Desk;

impl Desk<'_> {
    /// What is asked for about replies.
    pub(super) async fn of_replies(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::Reply(slot) => self.reply(tx, admin, slot, None, edit).await,
            Manage::EditReply(slot) => self.ask_reply(tx, admin, slot, None, edit).await,
            Manage::PublishReply => self.publish_reply(tx, admin, edit).await,
            Manage::ResetReply(slot) => {
                self.set_reply(tx, admin, (slot, &Template::default()), edit).await
            }
            _ => {
                self.show(admin, screens::list(self.speech(admin)), edit);
                Ok(())
            }
        }
    }

    /// How a reply is worded now; what cannot be read counts as built in.
    async fn template(&self, tx: &mut Tx, slot: Slot) -> Result<Template, ShopError> {
        let body = settings::get(tx, self.store.id, &slot.setting()).await?;
        Ok(body.as_deref().and_then(Template::read).unwrap_or_default())
    }

    fn built_in(&self, slot: Slot) -> String {
        self.shared.texts.speech(slot.language).built_in(slot.reply)
    }

    pub(super) async fn reply(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        slot: Slot,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (template, built_in) = (self.template(tx, slot).await?, self.built_in(slot));
        let screen = screens::reply(self.speech(admin), slot, (&template, &built_in), remark);
        self.show(admin, screen, edit);
        Ok(())
    }

    async fn ask_reply(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        slot: Slot,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (template, built_in) = (self.template(tx, slot).await?, self.built_in(slot));
        let screen = screens::ask(self.speech(admin), slot, (&template, &built_in), remark);
        self.ask_seller(tx, admin, Wizard::Reply { slot, draft: None }, (screen, edit)).await
    }

    /// Takes a wording or a picture, and shows how it will look.
    pub(super) async fn typed_reply(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (slot, draft): (Slot, Option<Template>),
        said: Said,
    ) -> Result<bool, ShopError> {
        let mut template = match draft {
            Some(draft) => draft,
            None => self.template(tx, slot).await?,
        };
        take(&mut template, said);
        let speech = self.speech(admin);
        let said = match template.check(slot.reply) {
            Ok(said) => said,
            Err(flaw) => {
                let why = screens::flawed(speech, slot.reply, &flaw);
                self.ask_reply(tx, admin, slot, Some(why), None).await?;
                return Ok(false);
            }
        };
        let said = said.unwrap_or_else(|| Html::text(&self.built_in(slot)));
        let screen = screens::preview(speech, slot, said, template.picture.clone());
        let wizard = Wizard::Reply { slot, draft: Some(template) };
        self.ask_seller(tx, admin, wizard, (screen, None)).await?;
        Ok(false)
    }

    /// Uses what was looked at.
    async fn publish_reply(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let question = admin.question.as_deref().and_then(Question::read);
        let Some(Question::Seller(Wizard::Reply { slot, draft: Some(draft) })) = question else {
            self.show(admin, screens::list(self.speech(admin)), edit);
            return Ok(());
        };
        self.set_reply(tx, admin, (slot, &draft), edit).await
    }

    async fn set_reply(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (slot, template): (Slot, &Template),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (name, body) = (slot.setting(), template.written());
        settings::set(tx, self.store.id, (&name, body.as_deref()), self.by(admin)).await?;
        let saved = products::saved(self.speech(admin));
        self.reply(tx, admin, slot, Some(saved), edit).await
    }
}

/// Puts what was sent into a template.
fn take(template: &mut Template, said: Said) {
    let words = said.markup.or(said.text);
    if said.photo.is_some() {
        template.picture = said.photo;
        template.text = words.or(template.text.take());
        return;
    }
    match words {
        Some(words) if words.trim() == NOTHING => template.picture = None,
        // Whatever else was sent is nothing to read.
        words => template.text = Some(words.unwrap_or_default()),
    }
}
