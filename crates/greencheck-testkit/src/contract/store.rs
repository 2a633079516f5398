//! What every store promises. Each function takes a fresh, migrated, empty store and panics where a promise is broken.
//!
//! An adapter's tests say how to open a [`Subject`] and call [`store_contract!`](crate::store_contract).

#![expect(clippy::unwrap_used, reason = "a broken promise is a panic")]

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greencheck_core::Host;
use greencheck_core::ports::{
    Accounts, CarbonTxtResults, CatalogImport, Catalogs, CheckHistory, CheckLog, Directory, GreenVerdicts,
    JobRecords, LogUpkeep, NetworkImport, NoticeBox, Partners, SnapshotImport, Verdicts,
};

pub mod accounts;
pub mod carbon_txt_results;
pub mod catalog;
pub mod directory;
pub mod green_verdicts;
pub mod history;
pub mod import;
pub mod jobs;
pub mod log;
pub mod networks;
pub mod partners;
pub mod samples;
pub mod snapshot;
pub mod upkeep;
pub mod verdicts;

/// A store under test, as its ports.
pub struct Subject {
    pub verdicts: Arc<dyn Verdicts>,
    pub catalogs: Arc<dyn Catalogs>,
    pub import: Arc<dyn CatalogImport>,
    pub networks: Arc<dyn NetworkImport>,
    pub green: Arc<dyn GreenVerdicts>,
    pub snapshot: Arc<dyn SnapshotImport>,
    pub log: Arc<dyn CheckLog>,
    pub history: Arc<dyn CheckHistory>,
    pub directory: Arc<dyn Directory>,
    pub upkeep: Arc<dyn LogUpkeep>,
    pub carbon_txts: Arc<dyn CarbonTxtResults>,
    pub partners: Arc<dyn Partners>,
    pub accounts: Arc<dyn Accounts>,
    pub jobs: Arc<dyn JobRecords>,
    pub notices: Arc<dyn NoticeBox>,
    pub tables: Arc<dyn Tables>,
    /// What has to live as long as the store: a folder, a schema.
    _keep: Box<dyn Any + Send + Sync>,
}

impl Subject {
    pub fn new<S>(store: Arc<S>, tables: Arc<dyn Tables>, keep: impl Any + Send + Sync) -> Self
    where
        S: Verdicts
            + Catalogs
            + CatalogImport
            + NetworkImport
            + GreenVerdicts
            + SnapshotImport
            + CheckHistory
            + CheckLog
            + Directory
            + LogUpkeep
            + CarbonTxtResults
            + Partners
            + Accounts
            + JobRecords
            + NoticeBox
            + 'static,
    {
        Self {
            verdicts: store.clone(),
            catalogs: store.clone(),
            import: store.clone(),
            networks: store.clone(),
            green: store.clone(),
            snapshot: store.clone(),
            log: store.clone(),
            history: store.clone(),
            directory: store.clone(),
            upkeep: store.clone(),
            carbon_txts: store.clone(),
            partners: store.clone(),
            accounts: store.clone(),
            jobs: store.clone(),
            notices: store,
            tables,
            _keep: Box::new(keep),
        }
    }
}

/// Eyes on what no port shows.
#[async_trait]
pub trait Tables: Send + Sync {
    /// The rows of the log, by time and name.
    async fn checks(&self) -> Vec<CheckLine>;

    /// When a stored verdict was last asked for.
    async fn last_checked_at(&self, host: &Host) -> Option<DateTime<Utc>>;

    /// The password hash of a user.
    async fn password_hash(&self, username: &str) -> Option<String>;
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckLine {
    pub checked_at: DateTime<Utc>,
    pub host: String,
    pub tld: String,
    pub verdict: String,
    pub provider_id: Option<i64>,
    pub match_kind: Option<String>,
    pub match_id: Option<i64>,
    pub address: Option<String>,
    pub address_family: Option<i32>,
    pub cached: bool,
    pub source: String,
}

/// One test for each promise. `$open` is an expression that gives a future of a fresh [`Subject`].
#[macro_export]
macro_rules! store_contract {
    ($open:expr) => {
        $crate::store_contract! { @each $open;
            verdicts::a_stored_verdict_is_found_by_its_name
            verdicts::many_names_are_found_at_once
            verdicts::storing_again_replaces_the_verdict_and_keeps_its_birth
            verdicts::a_removed_verdict_is_gone
            verdicts::one_caller_gets_the_refresh
            verdicts::a_lease_that_is_over_is_given_out_again
            carbon_txt_results::a_result_is_kept_whether_or_not_something_was_found
            carbon_txt_results::an_old_result_is_not_handed_out_and_swept
            catalog::an_empty_catalog_has_a_generation
            catalog::the_decision_sees_what_is_active
            catalog::evidence_comes_oldest_first_and_only_what_is_public
            catalog::the_generation_moves_with_each_write_to_the_catalog_and_only_then
            directory::the_listing_has_listed_providers_with_all_that_is_public
            directory::a_provider_in_full_has_its_data_centres_and_may_be_unlisted_and_archived
            directory::a_provider_in_full_says_what_it_has_registered
            directory::providers_come_by_id_page_by_page_and_none_twice
            directory::domains_of_a_provider_come_by_name_page_by_page
            directory::co2_rows_are_the_newest_of_each_country
            import::what_was_imported_is_exported_again
            import::importing_twice_changes_nothing
            import::entries_are_replaced_by_id_and_the_others_stay
            import::secrets_leave_only_when_asked_and_survive_a_document_without_them
            import::passwords_are_stored_as_argon2id
            import::a_reference_to_nobody_is_an_error_that_says_where
            import::nothing_has_changed_after_an_error
            import::unique_values_may_change_hands_within_a_document
            import::a_value_that_somebody_else_holds_is_an_error
            import::a_green_domain_takes_from_the_catalog_what_it_does_not_say
            green_verdicts::pages_bring_every_green_verdict_once_and_in_order
            green_verdicts::an_empty_store_has_no_page
            history::the_newest_checks_of_a_name_come_first_and_no_others
            history::the_log_is_read_a_month_back
            history::a_check_comes_back_with_all_it_had
            history::what_begins_and_ceases_to_count_is_recorded
            history::changes_are_found_by_what_they_touch_and_when
            history::importing_the_same_again_records_nothing
            history::recorded_changes_go_with_the_log
            networks::a_list_becomes_the_networks_of_its_provider
            networks::the_same_list_again_moves_nothing
            networks::what_is_given_up_may_come_back_under_its_id
            networks::networks_that_are_stored_twice_are_no_hindrance
            networks::a_trial_changes_nothing_and_says_the_same
            networks::an_archived_and_an_unknown_provider_are_refused
            networks::a_list_that_lost_most_is_refused_unless_forced
            networks::an_as_number_of_somebody_else_changes_nothing
            networks::a_list_of_all_as_numbers_gives_the_others_up
            networks::a_long_list_is_taken_whole
            snapshot::a_chunk_is_stored_and_its_providers_created
            snapshot::repeating_a_snapshot_changes_nothing
            snapshot::the_newer_row_wins
            snapshot::a_verdict_that_a_look_up_confirmed_stays
            snapshot::a_provider_that_exists_stays_as_it_is
            snapshot::what_a_snapshot_brought_is_exported_and_imported_again
            log::a_check_becomes_a_row_with_all_its_columns
            log::a_batch_that_comes_again_is_left_out
            log::a_batch_given_twice_in_one_call_is_stored_once
            log::usage_adds_up_by_key_day_and_route
            log::usage_of_a_batch_that_comes_again_counts_once
            log::writers_that_count_the_same_keys_lose_nothing
            log::a_check_freshens_its_verdict_at_most_once_an_hour_and_never_back_in_time
            log::two_writers_store_every_row_once_and_about_the_latest_time
            log::an_append_that_is_cancelled_may_be_repeated
            upkeep::days_may_be_prepared_again_and_after_their_checks
            upkeep::old_checks_and_old_batch_ids_are_dropped
            upkeep::what_was_asked_with_keys_goes_with_the_checks_of_its_day
            upkeep::a_verdict_that_nobody_asks_for_expires
            partners::a_password_proves_its_user_and_what_they_manage
            partners::a_user_without_a_password_cannot_log_in
            partners::a_token_proves_its_user_until_newer_ones_take_its_place
            partners::a_network_is_active_at_once_and_moves_the_generation
            partners::a_range_may_be_there_twice_and_an_as_number_only_once
            partners::a_removed_network_is_kept_inactive
            partners::nobody_sees_or_changes_what_others_manage
            partners::networks_of_several_providers_come_in_the_order_of_their_ids
            partners::a_shared_secret_belongs_to_the_first_provider
            partners::a_shared_secret_stays_when_a_carbon_txt_is_added
            accounts::a_user_is_created_once
            accounts::a_new_password_ends_the_old_one_and_its_tokens
            accounts::a_key_is_found_by_what_it_shows
            accounts::a_revoked_key_stays_revoked
            accounts::a_user_has_only_so_many_usable_keys
            accounts::keys_made_at_once_are_counted_one_after_the_other
            jobs::one_holder_has_the_lease_until_it_is_over_or_dropped
            jobs::a_job_is_run_by_one_at_a_time_and_its_last_run_is_known
            jobs::a_notice_is_kept_once_and_handed_out_until_it_is_settled
            jobs::evidence_that_ends_soon_is_found
        }
    };
    (@each $open:expr; $($suite:ident :: $promise:ident)+) => {
        $(
            #[tokio::test]
            async fn $promise() {
                let subject = $open.await;
                $crate::contract::store::$suite::$promise(&subject).await;
            }
        )+
    };
}
