//! Four messengers, played on this machine: the server speaks to them as to the real ones.

use std::net::SocketAddr;
use std::path::Path;

use payamgir_stage::clock::Clock;
use payamgir_stage::instagram::Instagram;
use payamgir_stage::play::{self, Stages};
use payamgir_stage::signal::{Mode, Signal};
use payamgir_stage::site::Site;
use payamgir_stage::telegram::Telegram;
use payamgir_stage::whatsapp::WhatsApp;

use crate::channels_config;
use crate::files;
use crate::problem::Problem;

/// The messengers and the page that plays them; they end when dropped.
pub struct Messengers {
    stages: Stages,
    page: Site,
}

impl Messengers {
    /// Starts them, and sets up an account with each in a server's folder.
    pub fn start(server: &Path) -> Result<Self, Problem> {
        let folder = server.join("signal");
        files::folder(&folder)?;
        let clock = Clock::default();
        let stages = Stages {
            telegram: Telegram::start(clock.clone()),
            signal: Signal::start(&folder, clock.clone(), Mode::Manual),
            whatsapp: WhatsApp::start(clock.clone()),
            instagram: Instagram::start(clock),
        };
        stages.signal.set_version("0.14.6");
        set_up(server, &stages)?;
        let page = play::serve(stages.clone());
        Ok(Self { stages, page })
    }

    /// Where the page is.
    pub fn url(&self) -> String {
        self.page.url()
    }

    /// Tells those that call where the server is.
    pub fn call(&self, public: SocketAddr) {
        let hook = |word: &str, id: &str| format!("http://{public}/hook/{word}/{id}");
        let (whatsapp, instagram) = (&self.stages.whatsapp, &self.stages.instagram);
        whatsapp.deliver_to(&hook("whatsapp", whatsapp.number_id()));
        instagram.deliver_to(&hook("instagram", instagram.account_id()));
    }
}

fn set_up(server: &Path, stages: &Stages) -> Result<(), Problem> {
    let (telegram, signal) = (&stages.telegram, &stages.signal);
    let (whatsapp, instagram) = (&stages.whatsapp, &stages.instagram);
    let host = |url: String| url.replace("http://", "");
    let secrets = [
        ("telegram.token", telegram.token().to_owned()),
        ("whatsapp.token", whatsapp.token()),
        ("whatsapp.secret", whatsapp.app_secret().to_owned()),
        ("whatsapp.verify", whatsapp.verify_token().to_owned()),
        ("instagram.token", instagram.token()),
        ("instagram.secret", instagram.app_secret().to_owned()),
        ("instagram.verify", instagram.verify_token().to_owned()),
    ];
    for (name, secret) in secrets {
        files::create(&server.join(name), secret.as_bytes())?;
    }
    let accounts = format!(
        "[[telegram]]\napi = \"{}\"\nhandle = \"@demo_bot\"\n\
         [[signal]]\nsocket = \"{}\"\nattachments = \"{}\"\nhandle = \"demo.01\"\n\
         [[whatsapp]]\nnumber_id = \"{}\"\napi = \"{}/v26.0\"\nmedia_hosts = [\"{}\"]\nhandle = \"+1 555 555 0199\"\n\
         [[instagram]]\naccount_id = \"{}\"\napi = \"{}/v26.0\"\nmedia_hosts = [\"{}\"]\nhandle = \"@demo\"\n",
        telegram.url(),
        signal.socket().display(),
        signal.attachments().display(),
        whatsapp.number_id(),
        whatsapp.url(),
        host(whatsapp.url()),
        instagram.account_id(),
        instagram.url(),
        host(instagram.url()),
    );
    files::replace(&server.join(channels_config::FILE), accounts.as_bytes())
}
