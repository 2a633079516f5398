//! Single checks of a million names, drawn uniformly: 700,000 green ones and 300,000 that cannot be looked up, all cached in
//! the process. Nothing is hot.

use std::time::Duration;

use anyhow::ensure;

use super::{Bench, names};
use crate::bare::Reference;
use crate::cores;
use crate::load::{self, Load};
use crate::pairs::{self, Side};
use crate::report::{Figure, Goal, mib};
use crate::stand::Stand;
use crate::stats::float;

/// In one question while the caches are filled.
const AT_ONCE: u64 = 100;
/// What someone sets who has so many names: all of them find room, and stay.
const SETTINGS: [(&str, &str); 4] = [
    ("CACHE__MAX_ENTRIES", "2000000"),
    ("CACHE__MAX_BYTES", "2000000000"),
    ("CACHE__LOCAL_TTL", "1d"),
    ("CACHE_TTL__UNKNOWN", "1d"),
];

pub(super) async fn measure(bench: &mut Bench) -> anyhow::Result<Vec<Figure>> {
    let (scale, binaries) = (bench.scale, bench.binaries.clone());
    let total = scale.stored_names;
    let green = total / 10 * 7;
    let stand = bench.stand().await?;
    stand.serve(&SETTINGS).await?;
    let gateway = stand.gateway.as_ref().map(crate::node::Node::pid).unwrap_or_default();
    // A first question, so that what any process has once is there.
    load::get(stand.api, &names::multi_path(0, AT_ONCE)).await?;
    let before = cores::private_bytes(gateway);
    fill(stand, green).await?;
    let filled = cores::private_bytes(gateway);
    let name = names::name(0).len() as u64;
    let verdict = float((filled - before).saturating_sub(green * name)) / float(green);
    // Behind the green ones are names that nobody stores.
    let strangers = Load { connections: 32, ..names::checks(stand.api, 1) };
    // Twice: an answer that had to be given before its look-up ended is not kept.
    for _ in 0..2 {
        let ask = move |number, out: &mut Vec<u8>| names::write_get(&names::path(total + number), "", out);
        stand.answered += strangers.all(total - green, ask).await?.answered;
    }

    let load = any(stand, total, green);
    let bytes = average_length(stand, total, green).await?;
    let reference = Reference::start(bytes, stand.servers.folder(), &binaries).await?;
    let bare = Load { address: reference.address, ..load.clone() };
    let lookups = stand.lookups().await?;
    let (ours, theirs) = (stand.publishing()?, reference.processes());
    let sides = (Side { load: &load, processes: &ours }, Side { load: &bare, processes: &theirs });
    let (ours, theirs) = pairs::floods(scale.pairs, scale.window, sides.0, sides.1).await?;
    stand.answered += ours.answered;
    let missed = stand.lookups().await? - lookups;
    ensure!(missed == 0, "{missed} names were looked up that should have been cached");
    stand.drain().await?;
    let what = format!("fast check, {total} names drawn uniformly, publishing");
    let rates = pairs::ratio(&what, 0.70, &ours, &theirs).also(&format!("gateway {}", mib(filled)));
    if scale.quick {
        // Too few names to tell what one takes.
        return Ok(vec![rates]);
    }
    let memory = Figure::new(
        "memory of a cached verdict beside its name",
        " bytes",
        Goal::AtMost(200.0),
        vec![verdict],
    )
    .with_note(format!("{green} names, the allocator's share included"));
    Ok(vec![rates, memory])
}

async fn fill(stand: &Stand, green: u64) -> anyhow::Result<()> {
    let load = Load { connections: 4, ..names::checks(stand.api, 1) };
    let write = |question: u64, out: &mut Vec<u8>| {
        names::write_get(&names::multi_path(question * AT_ONCE, AT_ONCE), "", out);
    };
    load.all(green / AT_ONCE, write).await?;
    // Memory that is on its way back to the system is none that a verdict costs.
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(())
}

/// Requests are written while they are sent: a million would not find room in a cache of the processor.
fn any(stand: &Stand, total: u64, green: u64) -> Load {
    let write = move |numbers: &mut crate::numbers::Numbers, out: &mut Vec<u8>| {
        let number = numbers.below(total);
        names::write_get(&names::path(if number < green { number } else { total + number - green }), "", out);
    };
    Load { write: std::rc::Rc::new(write), ..names::checks(stand.api, 1) }
}

async fn average_length(stand: &mut Stand, total: u64, green: u64) -> anyhow::Result<usize> {
    let mut lengths = Vec::new();
    for number in [0, total] {
        let reply = load::get(stand.api, &names::path(number)).await?;
        let is_green = serde_json::from_slice::<serde_json::Value>(&reply.body)?["green"] == true;
        ensure!(is_green == (number < green), "{} is answered {}", names::path(number), reply.head);
        lengths.push(reply.body.len());
    }
    stand.answered += 2;
    Ok((lengths[0] * 7 + lengths[1] * 3) / 10)
}
