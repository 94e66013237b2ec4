//! Statistics.

/// The value below which this many of a thousand values lie.
pub(crate) fn per_mille(sorted: &[u64], per_mille: usize) -> u64 {
    let at = (sorted.len() * per_mille / 1000).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default()
}

/// The number of values in each bucket, from `edges[i]` to below `edges[i + 1]`.
pub(crate) fn histogram(sorted: &[u64], edges: &[u64]) -> Vec<usize> {
    let below = |edge: u64| sorted.partition_point(|value| *value < edge);
    edges.windows(2).map(|edges| below(edges[1]) - below(edges[0])).collect()
}

/// Nanoseconds, five to a decade, around all values.
pub(crate) fn edges<'t>(sorted: impl Iterator<Item = &'t [u64]>) -> Vec<u64> {
    let (mut low, mut high) = (u64::MAX, 1);
    for times in sorted {
        low = low.min(times.first().copied().unwrap_or(u64::MAX));
        high = high.max(times.last().copied().unwrap_or_default());
    }
    let edge = |fifth: i32| 10_f64.powf(f64::from(fifth) / 5.0).round() as u64;
    let first = (0..60).rev().find(|fifth| edge(*fifth) <= low).unwrap_or_default();
    let last = (first..60).find(|fifth| edge(*fifth) > high).unwrap_or(60);
    (first..=last).map(edge).collect()
}

/// The slope of the straight line through the logarithms: 0 is constant, 1 is proportional.
pub(crate) fn slope(points: &[(f64, f64)]) -> f64 {
    let logarithms: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| logarithms.iter().map(of).sum::<f64>() / logarithms.len() as f64;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let above: f64 = logarithms.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    above / logarithms.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}

/// Formats nanoseconds in the best unit.
pub(crate) fn duration(nanoseconds: u64) -> String {
    match nanoseconds {
        0..1_000 => format!("{nanoseconds} ns"),
        1_000..1_000_000 => format!("{:.1} µs", nanoseconds as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", nanoseconds as f64 / 1e6),
        _ => format!("{:.1} s", nanoseconds as f64 / 1e9),
    }
}

/// Formats a number with separated thousands.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
