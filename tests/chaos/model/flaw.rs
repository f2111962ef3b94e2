//! Mistakes the design could hold, each with the promise that it breaks: the model must find them all.

/// One mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A callback counts as paid.
    CallbackTrusted,
    /// A pending answer counts as paid.
    PendingIsPaid,
    /// An order is closed and its unit released whatever became of it meanwhile.
    ReleasedWithoutLook,
    /// The order is read first and locked later.
    PaidWithoutLock,
    /// A unit is reserved without a look whether it is free.
    ReservedBlindly,
    /// Late money takes the unit without a look whether it is free.
    LateBlindly,
    /// Nobody looks for payments.
    NoSweep,
    /// Whoever asks gets an order's goods.
    AnybodysGoods,
    /// Goods of whose arrival nothing was heard count as sent.
    UnknownIsSent,
    /// Late money for goods that are gone goes nowhere.
    CreditForgotten,
}

impl Flaw {
    /// Every flaw, and the promises one of which it must break first.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::CallbackTrusted, "I-NOPAY"),
        (Self::PendingIsPaid, "I-NOPAY"),
        (Self::ReleasedWithoutLook, "I-PAY"),
        (Self::PaidWithoutLock, "I-UNIT"),
        (Self::ReservedBlindly, "I-UNIT"),
        (Self::LateBlindly, "I-UNIT"),
        (Self::NoSweep, "I-PAY"),
        (Self::AnybodysGoods, "I-OWN"),
        (Self::UnknownIsSent, "I-OUT"),
        (Self::CreditForgotten, "I-PAY"),
    ];
}
