//! Enums that the services may extend: what we don't know is kept as it is, in `Other`.

/// Makes an enum of known words plus `Other(String)`, with `as_str`, `From<&str>`, `Display` and serde as a string.
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vmeta])* $variant,)*
            /// A word that we don't know, as the service wrote it.
            Other(String),
        }

        impl $name {
            /// The words that we know, in the order of their declaration.
            pub const KNOWN: &'static [$name] = &[$($name::$variant),*];

            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                Self::from(word.as_str())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)
                    .map(|word| Self::from(word.as_ref()))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    open_enum! {
        /// For the tests.
        Colour {
            /// Red.
            Red = "red",
        }
    }

    #[test]
    fn an_unknown_word_is_kept_as_it_is() {
        let colours: Vec<Colour> = serde_json::from_str(r#"["red","mau\u0076e"]"#).unwrap();
        assert_eq!(colours, [Colour::Red, Colour::Other("mauve".into())]);
        assert_eq!(serde_json::to_string(&colours).unwrap(), r#"["red","mauve"]"#);
        assert_eq!(Colour::KNOWN, [Colour::Red]);
    }
}
