//! What may follow a name in its word and leave it that name.

/// Endings, and forms of address, that stand after a half space.
pub(crate) const ENDINGS: &[&str] = &[
    "ها",
    "های",
    "هایی",
    "هایم",
    "هایت",
    "هایش",
    "هایمان",
    "هایتان",
    "هایشان",
    "هام",
    "هات",
    "هاش",
    "ام",
    "ات",
    "اش",
    "ایم",
    "اید",
    "اند",
    "است",
    "ای",
    "ی",
    "یی",
    "م",
    "ت",
    "ش",
    "مان",
    "تان",
    "شان",
    "مون",
    "تون",
    "شون",
    "را",
    "رو",
    "و",
    "جان",
    "جون",
    "خان",
    "اقا",
    "خانم",
    "اینا",
    "اینها",
    "هم",
    "ست",
    "ان",
    "یم",
    "یش",
    "یمان",
    "یتان",
    "یشان",
    "بیگ",
];
/// Those that make another word where no half space parts them: «رضایی» is no «رضا».
const APART: [&str; 2] = ["و", "یی"];
/// Those that another ending may follow.
const STEMS: [&str; 7] = ["ها", "جان", "جون", "خان", "اقا", "خانم", "بیگ"];

/// Whether this is an ending, or two, as they are written on to a name with nothing between.
pub(crate) fn is_ending(rest: &str) -> bool {
    let stem = |stem: &&str| rest.strip_prefix(stem).is_some_and(is_one);
    is_one(rest) || STEMS.iter().any(stem)
}

/// Whether what stands after a half space leaves the name before it that name: «علی‌رغم» and «علی‌الخصوص» are
/// other words.
pub(crate) fn is_parted(rest: &str) -> bool {
    !["رغم", "حده"].contains(&rest) && !rest.starts_with("ال")
}

fn is_one(rest: &str) -> bool {
    ENDINGS.contains(&rest) && !APART.contains(&rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_or_two() {
        for ending in ["ی", "خان", "جانم", "هایشان", "خانها", "اقای", "ست"]
        {
            assert!(is_ending(ending), "{ending}");
        }
        for other in ["", "یت", "یی", "یه", "و", "شاه", "جاند", "خانه", "می"] {
            assert!(!is_ending(other), "{other}");
        }
    }
}
