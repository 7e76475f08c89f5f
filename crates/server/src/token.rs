//! A secret that who asks has to know.

use std::fmt;

use crate::error::ServerError;

/// Fewest characters of a token that somebody chose.
const FEWEST: usize = 16;

/// A secret that who asks has to know. Its text is never printed by accident.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// 128 bits of the system's randomness, as 32 hexadecimal digits.
    pub fn random() -> Result<Self, ServerError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(ServerError::Random)?;
        Ok(Self(bytes.iter().map(|b| format!("{b:02x}")).collect()))
    }

    /// One that somebody chose: at least 16 letters, digits, `-` and `_`.
    pub fn chosen(text: &str) -> Result<Self, ServerError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        match text.len() >= FEWEST && text.chars().all(is_plain) {
            true => Ok(Self(text.into())),
            false => Err(ServerError::Token(text.chars().count())),
        }
    }

    /// Whether a text is the token. It takes as long wherever the two differ.
    pub fn is(&self, text: &str) -> bool {
        let (own, other) = (self.0.as_bytes(), text.as_bytes());
        let differs = own.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b));
        own.len() == other.len() && std::hint::black_box(differs) == 0
    }

    /// Its text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn only_the_token_is_the_token() {
        let token = Token::random().unwrap();
        let text = token.reveal().to_string();
        assert!(token.is(&text) && text.len() == 32);
        assert!(!token.is("") && !token.is(&text[1..]) && !token.is(&format!("{text}0")));
        assert!(!Token::random().unwrap().is(&text));
        assert!(!format!("{token:?}").contains(&text));
        assert!(Token::chosen("0123456789abcde").is_err());
        assert!(Token::chosen("0123456789abcde;").is_err());
        assert!(
            Token::chosen("0123456789-abc_e")
                .unwrap()
                .is("0123456789-abc_e")
        );
    }
}
