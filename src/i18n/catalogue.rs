//! The shape of a language: every sentence that Sextant can say. Fields are words as they are; functions take what goes into the sentence.
//! User data that goes into a sentence is plain text here; where a name stands alone in the page it goes into `<bdi>`.

/// One language.
pub struct Texts {
    /// Words that stand everywhere.
    pub common: Common,
    /// The frame around every page.
    pub shell: Shell,
    /// Signing in and out, projects.
    pub session: Session,
    /// What went wrong and what to do.
    pub errors: Errors,
    /// Words for what an image is and has.
    pub image: Image,
    /// The list of images.
    pub images: Images,
    /// The fields of an image on the create and edit forms.
    pub form: Form,
}

/// Words that stand everywhere.
#[allow(missing_docs, reason = "the names say it; the English file shows it")]
pub struct Common {
    pub optional: &'static str,
    pub cancel: &'static str,
    pub close: &'static str,
    pub retry: &'static str,
    pub dismiss: &'static str,
    pub copied: &'static str,
    pub not_copied: &'static str,
    pub loading: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub none: &'static str,
    pub unknown: &'static str,
    pub not_available: &'static str,
    pub back: &'static str,
    pub with_reason: fn(&str, &str) -> String,
    pub list: fn(&[String]) -> String,
}

impl Common {
    /// A label with the reason why it can't be chosen.
    pub fn with_reason(&self, label: &str, reason: &str) -> String {
        (self.with_reason)(label, reason)
    }
}

/// The frame around every page.
#[allow(missing_docs, reason = "the names say it; the English file shows it")]
pub struct Shell {
    pub skip_to_content: &'static str,
    pub main_navigation: &'static str,
    pub images: &'static str,
    pub instances: &'static str,
    pub language: &'static str,
    pub theme: &'static str,
    pub theme_system: &'static str,
    pub theme_light: &'static str,
    pub theme_dark: &'static str,
    pub project: fn(&str) -> String,
    pub account: fn(&str) -> String,
    pub sign_out: &'static str,
    pub roles: fn(&str) -> String,
    pub switching_project: fn(&str) -> String,
    pub notifications: &'static str,
    pub page_title: fn(&str) -> String,
    pub not_found_title: &'static str,
    pub not_found_text: &'static str,
    pub not_found_link: &'static str,
    pub config_title: &'static str,
    pub config_unreadable: fn(&str) -> String,
    pub config_hint: &'static str,
    pub config_not_json: fn(&str) -> String,
    pub config_missing: fn(&str) -> String,
    pub config_bad_value: fn(&str, &str, &str) -> String,
    pub config_unknown_key: fn(&str) -> String,
}

/// Signing in and out, projects.
#[allow(missing_docs, reason = "the names say it; the English file shows it")]
pub struct Session {
    pub sign_in: &'static str,
    pub signing_in: &'static str,
    pub welcome: &'static str,
    pub user_name: &'static str,
    pub password: &'static str,
    pub domain: &'static str,
    pub cloud: &'static str,
    pub project_optional: &'static str,
    pub project_hint: &'static str,
    pub missing_user: &'static str,
    pub missing_password: &'static str,
    pub missing_domain: &'static str,
    pub choose_project: &'static str,
    pub choose_project_text: &'static str,
    pub no_projects: &'static str,
    pub use_another_account: &'static str,
    pub wrong_credentials: &'static str,
    pub project_refused: fn(&str) -> String,
    pub unreachable: fn(&str) -> String,
    pub no_sso: &'static str,
    pub demo_accounts: &'static str,
    pub demo_account_use: fn(&str) -> String,
    pub demo_admin: &'static str,
    pub demo_member: fn(&str) -> String,
    pub demo_reader: fn(&str) -> String,
    pub expired_title: &'static str,
    pub expired_text: &'static str,
    pub expires_soon: fn(u64) -> String,
    pub sign_in_again: &'static str,
    pub sign_out_instead: &'static str,
    pub restoring: &'static str,
    pub signed_out: &'static str,
    pub sign_out_running: fn(usize) -> String,
    pub sign_out_anyway: &'static str,
    pub revoke_failed: &'static str,
}

/// What went wrong and what to do.
#[allow(missing_docs, reason = "the names say it; the English file shows it")]
pub struct Errors {
    pub offline: &'static str,
    pub offline_advice: &'static str,
    pub aborted: &'static str,
    pub decode: fn(&str) -> String,
    pub decode_advice: &'static str,
    pub service_said: fn(&str, u16) -> String,
    pub no_words: &'static str,
    pub unauthorized_advice: &'static str,
    pub forbidden_advice: &'static str,
    pub not_found_advice: &'static str,
    pub conflict_advice: &'static str,
    pub too_large_advice: &'static str,
    pub media_advice: &'static str,
    pub bad_request_advice: &'static str,
    pub rate_advice: &'static str,
    pub server_advice: &'static str,
    pub request_id: &'static str,
    pub copy_request_id: &'static str,
    pub no_service: fn(&str) -> String,
}

/// Words for what an image is and has.
#[allow(missing_docs, reason = "the names say it; the English file shows it")]
pub struct Image {
    pub name: &'static str,
    pub unnamed: &'static str,
    pub description: &'static str,
    pub owner: &'static str,
    pub you: &'static str,
    pub kind: &'static str,
    pub kind_image: &'static str,
    pub kind_snapshot: &'static str,
    pub status: &'static str,
    pub visibility: &'static str,
    pub protected: &'static str,
    pub hidden: &'static str,
    pub format: &'static str,
    pub container_format: &'static str,
    pub architecture: &'static str,
    pub size: &'static str,
    pub virtual_size: &'static str,
    pub min_disk: &'static str,
    pub min_ram: &'static str,
    pub created: &'static str,
    pub updated: &'static str,
    pub tags: &'static str,
    pub id: &'static str,
    pub status_name: fn(&str) -> Option<&'static str>,
    pub visibility_name: fn(&str) -> Option<&'static str>,
    pub format_name: fn(&str) -> Option<&'static str>,
    pub reader_only: &'static str,
    pub admin_only: &'static str,
    pub edit_admin_only: &'static str,
    pub not_owner: &'static str,
    pub not_offered: &'static str,
    pub already_accepted: &'static str,
    pub already_rejected: &'static str,
    pub is_protected: &'static str,
    pub wrong_status: fn(&str) -> String,
    pub not_bootable: &'static str,
    pub has_bytes: &'static str,
    pub not_shareable: fn(&str) -> String,
    pub no_block_storage: &'static str,
}

/// The list of images.
#[allow(missing_docs, reason = "the names say it; the English file shows it")]
pub struct Images {
    pub title: &'static str,
    pub create: &'static str,
    pub tab_all: &'static str,
    pub tab_yours: &'static str,
    pub tab_public: &'static str,
    pub tab_shared: &'static str,
    pub tab_community: &'static str,
    pub views: &'static str,
    pub search: &'static str,
    pub search_placeholder: &'static str,
    pub launch: &'static str,
    pub launch_named: fn(&str) -> String,
    pub actions_for: fn(&str) -> String,
    pub edit: &'static str,
    pub delete: &'static str,
    pub copy_id: &'static str,
    pub actions: &'static str,
    pub count: fn(&str, u64) -> String,
    pub count_filtered: fn(&str, &str) -> String,
    pub loading_more: fn(&str) -> String,
    pub refresh: &'static str,
    pub refreshed: fn(&str) -> String,
    pub could_not_list: &'static str,
    pub could_not_refresh: &'static str,
    pub incomplete: &'static str,
    pub empty_title: &'static str,
    pub empty_text: &'static str,
    pub nothing_matches: &'static str,
    pub nothing_matches_text: &'static str,
    pub clear_search: &'static str,
    pub tab_empty: &'static str,
    pub show_more: fn(&str) -> String,
    pub deleted: fn(&str) -> String,
    pub delete_title: &'static str,
    pub delete_question: &'static str,
    pub delete_warning: &'static str,
    pub delete_failed: &'static str,
    pub gb: fn(u64) -> String,
    pub mb: fn(u64) -> String,
}

/// The fields of an image on the create and edit forms.
#[allow(missing_docs, reason = "the names say it; the English file shows it")]
pub struct Form {
    pub name: &'static str,
    pub format_choose: &'static str,
    pub format_hint: &'static str,
    pub formats_unknown: &'static str,
    pub format_unknown_here: &'static str,
    pub architecture_hint: &'static str,
    pub min_disk: &'static str,
    pub min_disk_hint: &'static str,
    pub min_ram: &'static str,
    pub min_ram_hint: &'static str,
    pub kernel: &'static str,
    pub kernel_hint: &'static str,
    pub ramdisk: &'static str,
    pub ramdisk_hint: &'static str,
    pub private_note: &'static str,
    pub shared_note: &'static str,
    pub community_note: &'static str,
    pub public_note: &'static str,
    pub protected_hint: &'static str,
    pub advanced: &'static str,
    pub container_hint: &'static str,
    pub hidden_hint: &'static str,
    pub tags_hint: &'static str,
    pub missing_name: &'static str,
    pub missing_file: &'static str,
    pub missing_format: &'static str,
    pub missing: &'static str,
    pub too_long: fn(usize) -> String,
    pub tag_too_long: fn(usize) -> String,
    pub not_a_number: &'static str,
    pub too_large: fn(&str) -> String,
    pub too_many_tags: fn(usize) -> String,
    pub not_an_id: &'static str,
}
