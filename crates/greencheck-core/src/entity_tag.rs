const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// A strong entity tag (RFC 9110, section 8.8.3) made of a hash: its quotes, and lower-case hexadecimal between them. Written digit
/// by digit, since every check has one.
#[inline]
pub fn entity_tag(hash: [u8; 16]) -> [u8; 34] {
    let mut quoted = [b'"'; 34];
    for (digits, byte) in quoted[1..33].chunks_exact_mut(2).zip(hash) {
        digits[0] = DIGITS[usize::from(byte >> 4)];
        digits[1] = DIGITS[usize::from(byte & 15)];
    }
    quoted
}
