//! Between answers and what is stored of them.

use std::sync::Arc;

use greencheck_core::catalog::Catalog;
use greencheck_core::{Answer, GreyReason, HostedBy, StoredVerdict, Verdict};

/// What a stored verdict says, by the names that `catalog` has.
pub(crate) fn answer_of(catalog: &Catalog, row: StoredVerdict) -> Answer {
    let verdict = if row.green {
        Verdict::Green { provider: row.provider, by: row.by }
    } else {
        Verdict::Grey { reason: GreyReason::NoMatch }
    };
    let hosted_by = row.green.then(|| {
        catalog.hosted_by(row.provider).unwrap_or_else(|| {
            Arc::new(HostedBy {
                id: row.provider,
                name: row.hosted_by,
                website: row.hosted_by_website,
                partner: row.partner,
                listed: row.listed,
                documents: None,
            })
        })
    });
    Answer {
        host: row.host,
        verdict,
        hosted_by,
        modified: row.modified,
        address: row.address,
        generation: catalog.generation(),
        explanation: None,
    }
}

/// What is stored of a green answer; `None` where there is nothing to store.
pub(crate) fn stored_of(answer: &Answer, catalog: &Catalog) -> Option<StoredVerdict> {
    let Verdict::Green { provider, by } = answer.verdict else { return None };
    let of = catalog.provider(provider)?;
    Some(StoredVerdict {
        host: answer.host.clone(),
        green: true,
        provider,
        hosted_by: of.name.clone(),
        hosted_by_website: of.website.clone(),
        partner: of.partner.clone(),
        listed: of.is_listed,
        by,
        address: answer.address,
        created: answer.modified,
        modified: answer.modified,
    })
}
