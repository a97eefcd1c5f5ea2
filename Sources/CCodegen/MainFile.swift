import GraphIR
import KernelIR
import Templates

/// NAME_main.c: what the driver has to know of the model, then the driver.
struct MainFile {
  let program: CProgram

  private var p: String { program.prefix }
  private var macro: String { program.macro }

  func text() throws -> String {
    [
      headers, descriptor, defaults, Profile(program: program).tables, calls,
      try Templates.expand(TemplateList.main(program), name: p),
    ]
    .joined(separator: "\n")
  }

  private var headers: String {
    """
    /* The command line of the model \(p): trains, evaluates and predicts. */
    #define _POSIX_C_SOURCE 200809L
    #define _DEFAULT_SOURCE /* madvise */
    #include "\(p).h"
    #include "\(p)_io.h"

    #define \(macro)_BLAS \(program.usesBLAS ? 1 : 0) /* CBLAS calls, whose library may have threads of its own */
    #define \(macro)_TEXT \(program.takesText ? 1 : 0) /* the only input is tokens [time] */
    #define \(macro)_VOCABULARY \(program.options.vocabulary == nil ? 0 : 1) /* the weights that are compiled in have one */
    #define \(macro)_LANGUAGE \(program.isLanguageModel ? 1 : 0) /* it streams, and has a number for each token that may follow */
    \(languageMacros)
    """
  }

  private var languageMacros: String {
    guard program.isLanguageModel, let output = program.stepOutputs.first else { return "" }
    return """
      #define \(macro)_STEP_OUTPUTS \(output.type.shape.elementCount.count)
      #define \(macro)_PROBABILITIES \(program.givesProbabilities ? 1 : 0) /* else logits */

      """
  }

  private var descriptor: String {
    let model = program.model
    var text = """
      typedef struct \(p)_field {
        const char *name;
        size_t rank;
        size_t shape[8]; /* of one row */
        size_t size;     /* elements of one row */
        int integer;     /* 1: int32_t, 0: \(p)_real */
        size_t classes;  /* of a target of class numbers; else 0 */
      } \(p)_field;

      enum { \(macro)_INPUTS = \(model.inputs.count), \(macro)_OUTPUTS = \(model.outputs.count)
      """
    text +=
      program.isTrainable
      ? ", \(macro)_TARGETS = \(model.targets.count), \(macro)_METRICS = \(program.metrics.count + 1) };\n" : " };\n"
    text += fields("input", model.inputs) + fields("output", model.outputs)
    guard program.isTrainable else { return text }
    text += fields("target", model.targets)
    text += """

      typedef struct \(p)_metric_field {
        const char *name;
        size_t offset; /* of the double in \(p)_metrics */
      } \(p)_metric_field;

      static const \(p)_metric_field \(p)_metric_fields[\(macro)_METRICS] = {
        {"loss", offsetof(\(p)_metrics, loss)},

      """
    for metric in program.metrics {
      text += "  {\"\(metric.name)\", offsetof(\(p)_metrics, \(metric.name.cIdentifier))},\n"
    }
    return text + "};\n"
  }

  private func fields(_ kind: String, _ fields: [Field]) -> String {
    let rows = fields.map { field in
      let shape = field.type.shape.dimensions.dropFirst().map { "\($0.count)" }
      return "  {\"\(field.name)\", \(shape.count), {\(shape.isEmpty ? "0" : shape.joined(separator: ", "))}, "
        + "\(field.type.shape.elementCount.count), \(field.type.element == .i32 ? 1 : 0), \(field.classes)},\n"
    }
    return "static const \(p)_field \(p)_\(kind)_fields[\(macro)_\(kind.uppercased())S] = {\n\(rows.joined())};\n"
  }

  private var defaults: String {
    let training = program.model.training
    let data = training?.data
    // Labelled texts are in the columns that the model declares, else in those of the weights that are compiled in.
    let named = (data?.column ?? "").isEmpty ? program.options.vocabulary : nil
    let textColumn = named?.textColumn ?? data?.column ?? ""
    let targetColumn = named?.textColumn == nil ? data?.target ?? "" : named?.labelColumn ?? ""
    func quoted(_ text: String) -> String { text.utf8.cLiteral }
    let profile = Profile(program: program)
    let (update, inference) = (profile.train.flops, profile.infer.flops)
    return """
      typedef struct \(p)_defaults_t {
        const char *name;
        size_t epochs, batch;
        uint64_t seed;
        int shuffle;
        double learning_rate;
        const char *data_format, *data, *data_targets; /* as declared; "" where nothing is */
        const char *target_column, *tokens, *text_column;
        double scale;                                  /* inputs are multiplied by it */
        const char *validation;
        double validation_split;
        const char *compiled, *gemm;
        double train_flops, train_flops_per_row, infer_flops, infer_flops_per_row; /* of a step, and for each row */
      } \(p)_defaults_t;

      static const \(p)_defaults_t \(p)_defaults = {
        \(quoted(p)), \(training?.epochs ?? 1), \(training?.batchSize ?? 32), \(training?.seed ?? 0)u, \(training?.shuffle ?? true ? 1 : 0), \(training?.optimizer.learningRate ?? 0),
        \(quoted(data?.format.rawValue ?? "")), \(quoted(data?.file ?? "")), \(quoted(data?.targetsFile ?? "")),
        \(quoted(targetColumn)), \(quoted(data?.tokens ?? "")), \(quoted(textColumn)), \(data?.scale ?? 1), \(quoted(training?.validationFile ?? "")), \(training?.validationSplit ?? 0),
        \(quoted(program.options.compiled)), \(quoted(program.options.gemm.rawValue)),
        \(update.fixed), \(update.perRow), \(inference.fixed), \(inference.perRow)
      };

      """
  }

  private var calls: String {
    let model = program.model
    func members(_ fields: [Field], _ array: String, const isConst: Bool) -> String {
      fields.enumerated().map { index, field in
        let type = field.type.element == .i32 ? "int32_t" : "\(p)_real"
        return "(\(isConst ? "const " : "")\(type) *)\(array)[\(index)]"
      }.joined(separator: ", ")
    }
    let inputs = "const \(p)_inputs in = {\(members(model.inputs, "inputs", const: true))};"
    let targets = "const \(p)_targets wanted = {\(members(model.targets, "targets", const: true))};"
    func inference(_ name: String) -> String {
      """
      static \(p)_status \(p)_call_\(name)(\(p)_context *context, const \(p)_parameters *parameters, size_t rows,
                                           const void *const *inputs, void *const *outputs) {
        \(inputs)
        const \(p)_outputs out = {\(members(model.outputs, "outputs", const: false))};
        return \(p)_\(name)(context, parameters, rows, &in, &out);
      }

      """
    }
    var text = inference("predict") + (program.isLanguageModel ? "\n" + inference("stream") : "")
    guard program.isTrainable else { return text }
    text += """

      static \(p)_status \(p)_call_adapt(\(p)_parameters *parameters, size_t rows, const void *const *inputs) {
        \(inputs)
        return \(p)_adapt(parameters, rows, &in);
      }

      static \(p)_status \(p)_call_evaluate(\(p)_context *context, const \(p)_parameters *parameters, size_t rows,
                                            const void *const *inputs, const void *const *targets, \(p)_metrics *metrics) {
        \(inputs)
        \(targets)
        return \(p)_evaluate(context, parameters, rows, &in, &wanted, metrics);
      }

      static \(p)_status \(p)_call_train(\(p)_trainer *trainer, size_t rows, const void *const *inputs,
                                         const void *const *targets, \(p)_metrics *metrics) {
        \(inputs)
        \(targets)
        return \(p)_train_step(trainer, rows, &in, &wanted, metrics);
      }

      """
    return text
  }
}
