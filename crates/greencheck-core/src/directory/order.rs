use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What names are ordered by: neither case nor accents count, so that `Éolienne` stands beside `eolic`.
pub fn name_key(name: &str) -> String {
    name.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_case_nor_accents_count() {
        let mut names = ["zephyr", "Éolienne", "eolic", "Ångström", "arbor", "2degrees", "Ēast"];
        names.sort_by_key(|name| name_key(name));
        assert_eq!(names, ["2degrees", "Ångström", "arbor", "Ēast", "eolic", "Éolienne", "zephyr"]);
    }
}
