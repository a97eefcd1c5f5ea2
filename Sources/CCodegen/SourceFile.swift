import GraphIR
import KernelIR
import Scheduling
import Templates

/// NAME.c: the kernels, and the functions of NAME.h that call them.
struct SourceFile {
  let program: CProgram

  private var p: String { program.prefix }
  private var macro: String { program.macro }
  private var real: String { program.real }

  func text() throws -> String {
    var library = KernelLibrary(prefix: p, element: program.options.element)
    let bodies = GeneratedFunctions(program: program).definitions(&library)
    var sections = [legend, includes, try Templates.expand(TemplateList.source(usage: program.usage), name: p)]
    sections.append(Profile(program: program).laps)
    sections.append(objects)
    sections.append(tensorTable("tensors", program.layout.parameters))
    if program.isTrainable { sections.append(tensorTable("slots", program.layout.slots)) }
    sections += library.functions.map(\.text)
    sections.append(ObjectFunctions(program: program).text)
    sections += bodies
    return sections.joined(separator: "\n")
  }

  /// What a reader needs to know first.
  private var legend: String {
    var lines = [
      "/* The model \(p): inference\(program.isTrainable ? ", loss, gradients and optimizer" : "").", " *",
      " * rows is the number of samples of a call. Matrices are row-major; a comment gives each array's shape.",
    ]
    for layer in program.model.layers {
      lines.append(" *   \(layer.name) (\(layer.type)) -> \(layer.outputShape)  \(layer.location)")
    }
    return (lines + [" */", ""]).joined(separator: "\n")
  }

  private var includes: String {
    var lines = ["#include \"\(p).h\"", "", "#include <math.h>", "#include <string.h>"]
    if program.threads > 1 {
      lines = ["#define _POSIX_C_SOURCE 200809L"] + lines + ["", "#include <pthread.h>", "#include <sched.h>"]
      lines += [
        "",
        "/* Work from which a task is shared with threads that wait for it, and from which one is woken that sleeps. */",
        "#define \(macro)_SHARED_WORK \(Parallelism.smallestWork)",
        "#define \(macro)_WAKING_WORK \(Parallelism.smallestWakingWork)",
      ]
    }
    if program.usesBLAS { lines += ["", "#include <cblas.h>"] }
    return lines.joined(separator: "\n") + "\n"
  }

  private var objects: String {
    var text = """
      /* Each object is its struct, padded to \(CProgram.objectBytes) bytes, and its values behind it. */
      struct \(p)_parameters {
        uint64_t tag;
        \(real) *values; /* [\(program.layout.parameterCount)] */
        unsigned char *prepared; /* what parameters_prepare has made of them, or NULL */
        int is_view;             /* values belong to a file */
      };

      struct \(p)_context {
        uint64_t tag;
        size_t max_rows;
        \(p)_pool *pool;
        size_t position; /* steps of the stream so far */
        unsigned char *state;
        unsigned char *arena;
      \(Profile(program: program).member)
      };

      """
    if program.isTrainable {
      text += """

        struct \(p)_trainer {
          uint64_t tag;
          size_t max_rows;
          \(p)_pool *pool;
          uint64_t seed, step;
          \(real) learning_rate;
          const char *fault;
          \(p)_parameters *parameters;
          \(real) *gradients; /* [\(program.layout.gradientCount)] */\(program.gradientsOfBackwardAlone.isEmpty ? "" : "\n    int has_gradients;  /* of all weights, also of those that train_step makes none of */")
          \(real) *slots;     /* [\(program.layout.slotCount)] */
          unsigned char *state;
          unsigned char *arena;
        \(Profile(program: program).member)
        };

        """
    }
    if program.releasesWeights {
      text += """

        /* Prepared values stand for these weights from now on. */
        static void \(p)_released(const \(p)_release *release, const \(real) *values, size_t count) {
          if (release) release->function(release->user, values, count);
        }

        """
    }
    return text
  }

  private func tensorTable(_ name: String, _ tensors: [StorageLayout.Tensor]) -> String {
    let rows = tensors.map { tensor in
      let shape = tensor.extents.isEmpty ? "0" : tensor.extents.map(String.init).joined(separator: ", ")
      return "  {\"\(tensor.name)\", \(tensor.extents.count), {\(shape)}, \(tensor.offset), \(tensor.count), "
        + "\(tensor.isTrainable ? 1 : 0)},"
    }
    // C has no empty arrays: a table without entries keeps one that nobody counts.
    let entries = rows.isEmpty ? ["  {\"\", 0, {0}, 0, 0, 0},"] : rows
    return """
      enum { \(macro)_\(name.uppercased()) = \(tensors.count) };
      static const \(p)_tensor_info \(p)_\(name)_table[] = {
      \(entries.joined(separator: "\n"))
      };

      """
  }
}
