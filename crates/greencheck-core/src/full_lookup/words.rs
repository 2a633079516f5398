use super::Decision;
use crate::catalog::Catalog;
use crate::{GreyReason, Host, MatchKind, UnknownReason, Verdict};

/// One sentence for people: the verdict and why.
pub(super) fn because(catalog: &Catalog, host: &Host, decision: &Decision) -> String {
    match decision.verdict {
        Verdict::Green { provider, by } => {
            let name = catalog.provider_ref(provider).name;
            format!("{host} is green, hosted by {name}: {}", green(catalog, by.kind, decision))
        }
        Verdict::Grey { reason } => format!("{host} is grey: {}", grey(reason, decision)),
        Verdict::Unknown { reason } => format!("{host} is unknown: {}", unknown(reason, decision)),
    }
}

fn green(catalog: &Catalog, kind: MatchKind, decision: &Decision) -> String {
    let address = decision.address.map(|address| address.to_string()).unwrap_or_default();
    let share = match (decision.green, decision.looked_at) {
        (green, looked_at) if looked_at > 1 => format!(" ({green} of {looked_at} addresses)"),
        _ => String::new(),
    };
    match kind {
        MatchKind::LinkedDomain => "the name is an approved linked domain of the provider".to_owned(),
        MatchKind::CarbonTxt => {
            "the name points to the provider's carbon.txt and proves that it may".to_owned()
        }
        MatchKind::Range => {
            let range =
                decision.address.and_then(|address| catalog.network(address)).map(|entry| entry.range);
            let range = range.map(|range| range.to_string()).unwrap_or_default();
            format!("{address} is in the provider's range {range}{share}")
        }
        MatchKind::Asn => format!("{address} is announced by an AS of the provider{share}"),
        MatchKind::Snapshot => "a snapshot of green domains has the name".to_owned(),
    }
}

fn grey(reason: GreyReason, decision: &Decision) -> String {
    match reason {
        GreyReason::NoMatch if decision.looked_at > 1 => {
            format!("none of its {} addresses belongs to a provider of the catalog", decision.looked_at)
        }
        GreyReason::NoMatch => "its address belongs to no provider of the catalog".to_owned(),
        GreyReason::ProviderArchived => "the provider it belongs to is archived".to_owned(),
        GreyReason::NotAllAddresses => {
            format!(
                "only {} of its {} addresses are green, and all must be",
                decision.green, decision.looked_at
            )
        }
    }
}

fn unknown(reason: UnknownReason, decision: &Decision) -> String {
    decision.problem.clone().unwrap_or_else(|| reason.as_str().replace('_', " "))
}
