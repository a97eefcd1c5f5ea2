import CTokens

/// The texts of a CSV's column and the labels of another, cut into fields by the C of the generated programs.
struct LabelledTexts {
  struct Row {
    /// Where it begins in the file, from 1.
    var line: Int
    var text: [UInt8]
    /// nil: there is no column of labels.
    var label: Double?
  }

  private(set) var rows: [Row] = []

  init(_ path: String, _ bytes: [UInt8], columns: TextPacking.Columns) throws(DataFailure) {
    if let zero = bytes.firstIndex(of: 0) { throw DataFailure("\(path): byte \(zero) is zero: it is no CSV") }
    let text = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count + 1)
    defer { text.deallocate() }
    _ = text.initialize(from: bytes.map { CChar(bitPattern: $0) } + [0])
    var file = csv_open(nil, text.baseAddress, bytes.count)
    guard let header = Self.record(&file) else { throw DataFailure("\(path): it is empty") }
    let names = header.fields.map { String(cString: $0) }
    func column(_ name: String) throws(DataFailure) -> Int {
      let places = names.indices.filter { names[$0] == name }
      guard let place = places.first else {
        throw DataFailure(
          "\(path):\(header.line): there is no column '\(name)'",
          notes: ["the columns: " + names.joined(separator: ", ")])
      }
      guard places.count == 1 else {
        throw DataFailure("\(path):\(header.line): \(places.count) columns are called '\(name)'")
      }
      return place
    }
    let textPlace = try column(columns.text)
    let labelPlace = try columns.label.map(column)
    while let (line, fields) = Self.record(&file) {
      guard fields.count == names.count else {
        throw DataFailure("\(path):\(line): \(fields.count) values, but \(names.count) are expected")
      }
      var row = Row(line: line, text: Self.bytes(fields[textPlace]))
      if let labelPlace {
        var label = 0.0
        guard parse_number(fields[labelPlace], &label) != 0 else {
          throw DataFailure(
            "\(path):\(line): '\(String(cString: fields[labelPlace]))' is not a number (column \(names[labelPlace]))")
        }
        row.label = label
      }
      rows.append(row)
    }
    guard !rows.isEmpty else { throw DataFailure("\(path): there are no rows") }
  }

  /// The next line that is not empty, in fields that lie in the file's text.
  private static func record(_ file: inout csv) -> (line: Int, fields: [UnsafeMutablePointer<CChar>])? {
    while file.next < file.end, file.next.pointee == 10 || file.next.pointee == 13 {
      if file.next.pointee == 10 { file.line += 1 }
      file.next += 1
    }
    guard file.next < file.end else { return nil }
    let line = Int(file.line)
    var fields: [UnsafeMutablePointer<CChar>] = []
    var isLast: Int32 = 0
    while isLast == 0, let field = csv_field(&file, &isLast) { fields.append(field) }
    return (line, fields)
  }

  private static func bytes(_ field: UnsafeMutablePointer<CChar>) -> [UInt8] {
    UnsafeBufferPointer(start: field, count: strlen(field)).map { UInt8(bitPattern: $0) }
  }
}
