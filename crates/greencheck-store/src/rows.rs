//! Rows as the tables have them. Domain types never know them.

mod catalog;
mod checks;
mod history;
mod jobs;
mod networks;
mod partners;
mod times;
mod usage;
mod verdicts;

pub(crate) use catalog::{
    AsnRow, CarbonTxtRow, CertificateRow, Co2Row, DatacenterProviderRow, DatacenterRow, DocumentRow,
    IpRangeRow, LinkedDomainRow, NewCarbonTxt, NewCertificate, NewCo2, NewLinkedDomain, NewUser, ProviderRow,
    ServiceRow, UserGroupRow, UserProviderRow, UserRow,
};
pub(crate) use checks::{CheckRow, Freshness};
pub(crate) use history::{ChangeRow, LoggedRow};
pub(crate) use jobs::{EndRow, EvidenceRow, JobRow, NoticeRow, evidence, fate};
pub(crate) use networks::{ListedAsn, ListedRange};
pub(crate) use partners::{ApiKeyRow, NewApiKeyRow, NewAsn, NewIpRange};
pub(crate) use times::{naive, utc};
pub(crate) use usage::UsageRow;
pub(crate) use verdicts::{CarbonTxtResultRow, GreenDomainRow, NewGreenDomain};
