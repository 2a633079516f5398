//! Figures of measurements.

use std::time::Duration;

/// For ratios: the counts of a bench are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "counts of a bench are far below 2^52")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[odd / 2],
        even => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
    }
}

pub(crate) fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

pub(crate) fn greatest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// The time within which so many thousandths of the answers came.
pub(crate) fn percentile(sorted: &[Duration], thousandths: usize) -> Duration {
    let place = (sorted.len() * thousandths).div_ceil(1000).saturating_sub(1);
    sorted.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_lies_in_the_middle() {
        let close = |values: &[f64], expected: f64| assert!((median(values) - expected).abs() < 1e-9);
        close(&[3.0, 1.0, 2.0], 2.0);
        close(&[4.0, 1.0, 2.0, 3.0], 2.5);
    }

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let times: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 990), Duration::from_millis(198));
        assert_eq!(percentile(&times, 1000), Duration::from_millis(200));
        assert_eq!(percentile(&[], 500), Duration::ZERO);
    }
}
