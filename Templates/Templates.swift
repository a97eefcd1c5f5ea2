/// The C that does not depend on the model, embedded in the compiler so that an installed `dlc` needs no data folder.
///
/// Each piece is one file beside this one. The only substitution is the model's name, in two letter cases:
/// `@name@` as it is and `@NAME@` in capitals.
public enum Templates {
  public struct Missing: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String
    public var description: String { "there is no template \(file)" }
  }

  /// The bytes of each file; the second half of an entry is what the package manager makes of the first.
  private static let files: [String: [UInt8]] = [
    "checkpoint.c": PackageResources.checkpoint_c,
    "checksum.c": PackageResources.checksum_c,
    "depthwise.c": PackageResources.depthwise_c,
    "driver_benchmark.c": PackageResources.driver_benchmark_c,
    "driver_cifar.c": PackageResources.driver_cifar_c,
    "driver_csv.c": PackageResources.driver_csv_c,
    "driver_csv_field.c": PackageResources.driver_csv_field_c,
    "driver_array.c": PackageResources.driver_array_c,
    "driver_data.c": PackageResources.driver_data_c,
    "driver_idx.c": PackageResources.driver_idx_c,
    "driver_npy.c": PackageResources.driver_npy_c,
    "driver_npz.c": PackageResources.driver_npz_c,
    "driver_safetensors.c": PackageResources.driver_safetensors_c,
    "driver_vocabulary.c": PackageResources.driver_vocabulary_c,
    "driver_text.c": PackageResources.driver_text_c,
    "driver_tokens.c": PackageResources.driver_tokens_c,
    "driver_generate.c": PackageResources.driver_generate_c,
    "driver_headers.c": PackageResources.driver_headers_c,
    "driver_main.c": PackageResources.driver_main_c,
    "driver_options.c": PackageResources.driver_options_c,
    "driver_peak.c": PackageResources.driver_peak_c,
    "driver_predict.c": PackageResources.driver_predict_c,
    "driver_profile.c": PackageResources.driver_profile_c,
    "driver_train.c": PackageResources.driver_train_c,
    "few_taps.c": PackageResources.few_taps_c,
    "fold.c": PackageResources.fold_c,
    "initializers.c": PackageResources.initializers_c,
    "inline.c": PackageResources.inline_c,
    "io.c": PackageResources.io_c,
    "io.h": PackageResources.io_h,
    "io_headers.c": PackageResources.io_headers_c,
    "math.c": PackageResources.math_c,
    "measure.c": PackageResources.measure_c,
    "panel.c": PackageResources.panel_c,
    "philox.c": PackageResources.philox_c,
    "pool.c": PackageResources.pool_c,
    "read_file.c": PackageResources.read_file_c,
    "safetensors.c": PackageResources.safetensors_c,
    "safetensors.h": PackageResources.safetensors_h,
    "safetensors_text.c": PackageResources.safetensors_text_c,
    "scalar.c": PackageResources.scalar_c,
    "strip.c": PackageResources.strip_c,
    "threads.c": PackageResources.threads_c,
    "rows.c": PackageResources.rows_c,
    "tile.c": PackageResources.tile_c,
    "transpose.c": PackageResources.transpose_c,
    "utf8.c": PackageResources.utf8_c,
    "vector.c": PackageResources.vector_c,
    "winograd.c": PackageResources.winograd_c,
  ]

  /// The names of all the pieces, sorted.
  public static var names: [String] { files.keys.sorted() }

  /// A piece as it lies in the folder, with its placeholders; nil if there is none of that name.
  public static func text(_ file: String) -> String? {
    files[file].map { String(decoding: $0, as: UTF8.self) }
  }

  /// Pieces one after another, an empty line between them, for the model `name`, which must be an identifier in C.
  public static func expand(_ files: [String], name: String) throws(Missing) -> String {
    var pieces: [String] = []
    for file in files {
      guard let text = text(file) else { throw Missing(file: file) }
      pieces.append(substitute(text, name: name))
    }
    return pieces.joined(separator: "\n")
  }

  /// Replaces both placeholders in one walk over the bytes; a lone `@` stays.
  private static func substitute(_ text: String, name: String) -> String {
    let placeholders = [
      (Array("@name@".utf8), Array(name.utf8)), (Array("@NAME@".utf8), Array(name.uppercased().utf8)),
    ]
    let source = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(source.count)
    var position = 0
    walk: while position < source.count {
      if source[position] == UInt8(ascii: "@") {
        for (placeholder, replacement) in placeholders where source[position...].starts(with: placeholder) {
          result += replacement
          position += placeholder.count
          continue walk
        }
      }
      result.append(source[position])
      position += 1
    }
    return String(decoding: result, as: UTF8.self)
  }
}
