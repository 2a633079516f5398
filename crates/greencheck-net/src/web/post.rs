use std::time::Duration;

use greencheck_core::ports::WebError;
use url::Url;

use super::{GuardedWeb, classify};

impl GuardedWeb {
    /// Sends a JSON body; the status of the answer, whose own body nobody reads.
    pub(crate) async fn post_json(
        &self,
        url: &Url,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
        timeout: Duration,
    ) -> Result<u16, WebError> {
        let url = self.judge(url)?;
        let request = self.client.post(url).timeout(timeout).header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let response = request.body(body).send().await.map_err(classify)?;
        Ok(response.status().as_u16())
    }
}
