//! Step "Configuration": what the server is told at its first start, and how its disk is set up.

use crate::{
    domain::user_data::{LONGEST_USER_DATA, encode, encoded_len},
    openstack::nova::server::{CreateServer, DiskConfig},
};
use serde::{Deserialize, Serialize};

/// What is typed in the step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Configuration {
    /// "User data", as typed; a file goes before it.
    pub user_data: String,
    /// The file that is the user data.
    pub file: Option<UserFile>,
    /// "Configuration drive"; off leaves it to the cloud.
    pub config_drive: bool,
    /// How the disk is partitioned, as Nova writes it; empty leaves it to the image or the cloud.
    pub disk_config: String,
}

/// A file of user data, any bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserFile {
    /// Its name.
    pub name: String,
    /// Its bytes, in base64.
    pub base64: String,
}

/// What is wrong with the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigurationProblem {
    /// More user data than Nova takes.
    UserDataTooLong,
}

impl Configuration {
    /// How many characters the user data becomes in base64.
    pub fn user_data_length(&self) -> usize {
        self.file.as_ref().map_or_else(|| encoded_len(self.user_data.len()), |file| file.base64.len())
    }

    /// What doesn't hold yet.
    pub fn problems(&self) -> Vec<ConfigurationProblem> {
        let is_too_long = self.user_data_length() > LONGEST_USER_DATA;
        is_too_long.then_some(ConfigurationProblem::UserDataTooLong).into_iter().collect()
    }

    /// Adds what was chosen here to the request.
    pub fn fill(&self, body: &mut CreateServer) {
        let data = match &self.file {
            Some(file) => file.base64.clone(),
            None => encode(self.user_data.as_bytes()),
        };
        body.user_data = (!data.is_empty()).then_some(data);
        body.config_drive = self.config_drive.then_some(true);
        body.disk_config =
            (!self.disk_config.is_empty()).then(|| DiskConfig::from(self.disk_config.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(draft: &Configuration) -> CreateServer {
        let mut body = CreateServer::default();
        draft.fill(&mut body);
        body
    }

    #[test]
    fn a_file_goes_before_what_is_typed_and_nothing_is_nothing() {
        let mut draft = Configuration::default();
        assert_eq!(filled(&draft), CreateServer::default());
        draft.user_data = "#!/bin/sh\n".to_owned();
        assert_eq!(filled(&draft).user_data.as_deref(), Some("IyEvYmluL3NoCg=="));
        draft.file = Some(UserFile { name: "a.bin".into(), base64: "AP8=".into() });
        draft.config_drive = true;
        draft.disk_config = "MANUAL".to_owned();
        let body = filled(&draft);
        assert_eq!(body.user_data.as_deref(), Some("AP8="));
        assert_eq!((body.config_drive, body.disk_config), (Some(true), Some(DiskConfig::Manual)));
        assert_eq!(draft.user_data_length(), 4);
    }

    #[test]
    fn the_limit_counts_base64_and_bytes_not_letters() {
        let typed = |text: String| Configuration { user_data: text, ..Configuration::default() };
        assert!(typed("x".repeat(49_149)).problems().is_empty());
        assert_eq!(typed("x".repeat(49_150)).problems(), [ConfigurationProblem::UserDataTooLong]);
        assert_eq!(typed("密".repeat(16_384)).problems(), [ConfigurationProblem::UserDataTooLong]);
    }
}
