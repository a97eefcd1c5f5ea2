import Safetensors

/// The vocabulary of weights that are compiled in: a table in NAME_weights.c, and functions that read it.
struct EmbeddedVocabulary {
  let prefix: String
  let vocabulary: Vocabulary

  private var p: String { prefix }

  /// The text of each number; those that are not in the vocabulary have none.
  private var texts: [[UInt8]] {
    vocabulary.kind == .byte
      ? (0...UInt8.max).map { [$0] }
      : Array(repeating: [], count: Vocabulary.firstToken) + vocabulary.tokens.map { Array($0.utf8) }
  }

  /// What NAME.h offers.
  var prototypes: String {
    """
    /* What the numbers of tokens mean to these weights. A token is a "byte", a "character" in UTF-8, or a "word": letters, digits,
     * apostrophes and all beyond ASCII, in lower case, or any other visible character. */
    const char *\(p)_token_kind(void);
    /* Tokens are numbered from 0 to below this. Of characters and words 0 pads, and 1 stands for what the vocabulary lacks. */
    size_t \(p)_token_count(void);
    /* The text of a token, with a zero behind it, and its length in bytes, unless that is NULL; "" for numbers that have none. */
    const char *\(p)_token_text(size_t number, size_t *length);
    """
  }

  /// For NAME_weights.c.
  var text: String {
    let rows = texts.enumerated().map { number, text in "  {\(text.cLiteral), \(text.count)}, /* \(number) */" }
    return """

      static const struct {
        const char *text;
        size_t length;
      } \(p)_tokens_table[\(vocabulary.count)] = {
      \(rows.joined(separator: "\n"))
      };

      const char *\(p)_token_kind(void) { return "\(vocabulary.kind.rawValue)"; }

      size_t \(p)_token_count(void) { return \(vocabulary.count); }

      const char *\(p)_token_text(size_t number, size_t *length) {
        const int is_known = number < \(vocabulary.count);
        if (length) *length = is_known ? \(p)_tokens_table[number].length : 0;
        return is_known ? \(p)_tokens_table[number].text : "";
      }

      """
  }
}
