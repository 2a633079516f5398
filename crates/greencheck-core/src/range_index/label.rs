use std::num::NonZeroU32;

use crate::Asn;

/// What an index says of a range: anything that fits 32 bits and leaves one value free for "no range".
pub trait Label: Copy + Eq {
    fn to_number(self) -> NonZeroU32;
    fn from_number(number: NonZeroU32) -> Self;
}

/// Any number but `u32::MAX`: labels are positions in a list.
impl Label for u32 {
    fn to_number(self) -> NonZeroU32 {
        NonZeroU32::MIN.checked_add(self).expect("a label is below u32::MAX")
    }

    fn from_number(number: NonZeroU32) -> Self {
        number.get() - 1
    }
}

impl Label for Asn {
    fn to_number(self) -> NonZeroU32 {
        self.0
    }

    fn from_number(number: NonZeroU32) -> Self {
        Self(number)
    }
}
