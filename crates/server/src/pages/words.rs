//! What the pages say: the names of the words that each file in `languages/` gives.
//!
//! `{chars}`, `{files}`, `{size}`, `{total}`, `{n}` and `{of}` are filled in by [`fill`]. A [`Said::what`] carries no
//! final full stop, so that it can be a heading, a link or a sentence.

use payamgir_wire::Channel;

use super::{FileFate, Problem};

/// What happened, and what can be done about it.
pub(super) struct Said {
    pub what: &'static str,
    pub act: &'static str,
}

/// The words of one language, each under the name that it has in the file.
macro_rules! words {
    ($($name:ident)*) => {
        pub(super) struct Words {
            $(pub $name: &'static str,)*
        }

        #[cfg(test)]
        pub(super) const KEYS: &[&str] = &[$(stringify!($name),)*];

        impl Words {
            /// Takes each word by its name.
            pub(super) fn read<E>(find: impl Fn(&'static str) -> Result<&'static str, E>) -> Result<Self, E> {
                Ok(Self { $($name: find(stringify!($name))?,)* })
            }
        }
    };
}

words! {
    links leave leave_note skip title heading lead sealed decides text text_hint files files_hint
    files_note cannot cannot_line cannot_line_told cannot_phone cannot_phone_told cannot_inside
    cannot_inside_told cannot_arriving cannot_arriving_told send refused kept choose_again earlier
    received received_lead part part_lead arrived arrived_count words_row file_row none fate_sealed
    fate_cut fate_too_large fate_not_taken rest reference reference_note next next_note now now_1
    now_2 now_3 send_more back home ways ways_hint telegram telegram_told signal signal_told
    whatsapp whatsapp_told instagram instagram_told empty empty_act text_too_long text_too_long_act
    too_many_files too_many_files_act file_too_large file_too_large_act too_much too_much_act
    malformed malformed_act wrong_type wrong_type_act too_slow too_slow_act busy busy_act full
    full_act internal internal_act not_found not_found_act method method_act
    answer answer_hint answer_show answer_write answer_choose answer_joins answer_yours
    answer_later answer_danger answer_misread answer_busy door_failed visit_stay apart_ways
    apart_ways_told key key_told came_back door door_lead door_words door_hint
    door_open door_sees door_sees_told door_mistake door_count door_unknown door_near visit_none
    visit_none_why visit_some visit_reply visit_remove visit_removed visit_more
    damaged_block damaged_block_act other_desk other_desk_act carry carry_lead carry_safe
    carry_files carry_files_hint carry_block carry_block_hint carry_send carried carried_part
    carried_new carried_known carried_other carried_damaged carried_done carried_again
    way_door way_plain way_sealed sealed_lead sealing_now sealing_text sealing_file sealing_broken
    sealing_stay sealing_opening sealing_failed door_way visit_opened offline offline_lead
    offline_needs offline_files_hint offline_seal offline_done offline_block offline_copy
    offline_save offline_after offline_key
    came_receipt receipt receipt_hint receipt_show receipt_choose receipt_danger receipt_yours
    receipt_where receipt_when receipt_none receipt_check receipt_lead receipt_digits receipt_button
    receipt_in receipt_in_told receipt_server receipt_proof receipt_proof_told receipt_waits
    receipt_waits_told receipt_unknown receipt_unknown_told receipt_misread receipt_misread_told
    receipt_browser receipt_wrong receipt_never receipt_never_told
    receipt_take receipt_leave turn_act
    pass_helps pass pass_hint pass_show pass_wrong pass_wrong_act pass_misread pass_misread_act sealing_busy block_alone
    early early_act repeated repeated_act answer_apart receipt_part receipt_sees carried_none
    carried_empty receipt_desk
}

impl Words {
    /// What happened, and what can be done about it.
    pub(super) const fn problem(&self, problem: Problem) -> Said {
        let (what, act) = match problem {
            Problem::Empty => (self.empty, self.empty_act),
            Problem::TextTooLong => (self.text_too_long, self.text_too_long_act),
            Problem::TooManyFiles => (self.too_many_files, self.too_many_files_act),
            Problem::FileTooLarge => (self.file_too_large, self.file_too_large_act),
            Problem::TooMuch => (self.too_much, self.too_much_act),
            Problem::Malformed => (self.malformed, self.malformed_act),
            Problem::WrongType => (self.wrong_type, self.wrong_type_act),
            Problem::DamagedBlock => (self.damaged_block, self.damaged_block_act),
            Problem::OtherDesk => (self.other_desk, self.other_desk_act),
            Problem::TooSlow => (self.too_slow, self.too_slow_act),
            Problem::Busy => (self.busy, self.busy_act),
            Problem::Flooded => (self.busy, self.turn_act),
            Problem::TooEarly => (self.early, self.early_act),
            Problem::Repeated => (self.repeated, self.repeated_act),
            Problem::MisreadPass => (self.pass_misread, self.pass_misread_act),
            Problem::WrongPass => (self.pass_wrong, self.pass_wrong_act),
            Problem::Full => (self.full, self.full_act),
            Problem::Internal => (self.internal, self.internal_act),
            Problem::NotFound => (self.not_found, self.not_found_act),
            Problem::Method => (self.method, self.method_act),
        };
        Said { what, act }
    }

    /// What the page cannot do, a term and what is to be known about it each.
    pub(super) const fn cannot_notes(&self) -> [(&'static str, &'static str); 4] {
        [
            (self.cannot_line, self.cannot_line_told),
            (self.cannot_phone, self.cannot_phone_told),
            (self.cannot_inside, self.cannot_inside_told),
            (self.cannot_arriving, self.cannot_arriving_told),
        ]
    }

    /// What became of one file.
    pub(super) const fn fate(&self, fate: FileFate) -> &'static str {
        match fate {
            FileFate::Sealed => self.fate_sealed,
            FileFate::Cut => self.fate_cut,
            FileFate::TooLarge => self.fate_too_large,
            FileFate::NotTaken => self.fate_not_taken,
        }
    }

    /// A messenger's name, and what its company learns.
    pub(super) const fn way(&self, channel: Channel) -> (&'static str, &'static str) {
        match channel {
            Channel::Telegram => (self.telegram, self.telegram_told),
            Channel::Signal => (self.signal, self.signal_told),
            Channel::Whatsapp => (self.whatsapp, self.whatsapp_told),
            Channel::Instagram => (self.instagram, self.instagram_told),
            Channel::Web | Channel::Carried | Channel::Unknown => ("", ""),
        }
    }
}

/// `template` with each `{name}` replaced by its value.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, value))
}
