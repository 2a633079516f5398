use greencheck_core::badge::Claim;

/// The picture that tells claims apart without colour; `templates/icons` has the drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Leaf,
    Dash,
    Clock,
    Question,
    Slash,
    Dots,
}

impl Icon {
    pub(crate) fn of(claim: &Claim) -> Self {
        match claim {
            Claim::Green { .. } => Self::Leaf,
            Claim::Grey { .. } => Self::Dash,
            Claim::Pending { .. } => Self::Clock,
            Claim::Unknown { .. } => Self::Question,
            Claim::Invalid => Self::Slash,
            Claim::Unavailable => Self::Dots,
        }
    }
}
