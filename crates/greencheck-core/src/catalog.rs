//! The catalog of providers: what an operator imports, what the decision reads, what a snapshot brings along.

mod co2_intensity;
mod data;
mod document;
mod index;
mod snapshot;
mod snapshot_name;
mod times;

pub use co2_intensity::{Co2Table, InvalidCo2};
pub use data::{CarbonTxtEntry, CatalogData, LinkedDomainEntry, NetworkEntry, OriginEntry};
pub use document::{
    AsnRecord, CarbonTxtRecord, CatalogDocument, CertificateRecord, Co2IntensityRecord, DatacenterRecord,
    GreenDomainRecord, ImportReport, InvalidDocument, IpRangeRecord, LinkedDomainRecord, ParsedDocument,
    ProviderRecord, SectionReport, ServicesRecord, SupportingDocumentRecord, UserRecord,
};
pub use index::Catalog;
pub use snapshot::{RawSnapshotRow, RejectedRow, SnapshotRow};
pub use snapshot_name::{InvalidSnapshotName, Packing, SnapshotName};
pub use times::{parse_date, parse_time};
