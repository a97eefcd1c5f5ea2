// Writes reviews.csv: sentences about films, put together from parts at random, and whether they praise. No person wrote them.
// Order matters in them: "not" and "never" turn what follows, and after "but" or "although" stands what counts.
// swift write.swift; alike on every machine.
import Foundation

struct Generator: RandomNumberGenerator {
  var state: UInt64 = 11
  mutating func next() -> UInt64 {
    // SplitMix64
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

let subjects = [
  "the film", "the plot", "the acting", "the music", "the ending", "the script", "the camera work", "the cast",
  "the story",
  "the dialogue", "the pace", "the lead actor", "the second half", "the humour", "the direction",
]
let praise = [
  "good", "great", "wonderful", "moving", "funny", "clever", "brilliant", "charming", "convincing", "fresh", "gripping",
  "beautiful", "warm", "witty", "excellent",
]
let blame = [
  "bad", "boring", "awful", "dull", "flat", "weak", "tedious", "clumsy", "predictable", "empty", "noisy", "lifeless",
  "slow",
  "stupid", "terrible",
]
let degrees = ["", "", "", "very", "really", "rather", "quite", "truly", "simply"]
let openings = [
  "", "", "i think", "honestly", "for me", "in short", "my friends say", "this time", "as far as i can tell",
]
let closings = [
  "", "", "", "all in all", "from start to end", "for two hours", "as always", "on a rainy sunday",
  "even in a full cinema",
]

var random = Generator()

func pick(_ words: [String]) -> String { words[Int(random.next() % UInt64(words.count))] }
func chance(_ share: Double) -> Bool { Double(random.next() >> 11) / 9_007_199_254_740_992 < share }

/// A clause that praises or blames, by a word for it or by the denial of its opposite.
func clause(_ praises: Bool) -> String {
  let denies = chance(0.35)
  let words = praises != denies ? praise : blame
  let verb = denies ? pick(["was not", "was never", "was hardly", "is not"]) : pick(["was", "is", "felt", "seemed"])
  return [pick(subjects), verb, denies ? "" : pick(degrees), pick(words)].filter { !$0.isEmpty }.joined(separator: " ")
}

/// A sentence whose last word on the matter praises or blames.
func review(_ praises: Bool) -> String {
  let body: String
  switch random.next() % 5 {
  case 0: body = clause(praises)
  case 1: body = clause(praises) + " and " + clause(praises)
  case 2: body = clause(!praises) + " but " + clause(praises)
  case 3: body = "although " + clause(!praises) + " " + clause(praises)
  default: body = clause(praises) + " although " + clause(!praises)
  }
  return [pick(openings), body, pick(closings)].filter { !$0.isEmpty }.joined(separator: " ")
}

var lines = ["review,praises"]
for _ in 0..<4000 {
  let praises = chance(0.5)
  lines.append("\(review(praises)),\(praises ? 1 : 0)")
}
let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("reviews.csv")
try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
