import GraphIR
import KernelIR

/// The functions of NAME.c that set up and look into parameters, contexts and trainers.
struct ObjectFunctions {
  let program: CProgram

  var p: String { program.prefix }
  var macro: String { program.macro }
  var real: String { program.real }

  var text: String {
    var sections = [status, checks, parameters, weightFunctions, context]
    if let embedded = program.embedded { sections.append(embedded.functions) }
    if program.isTrainable { sections.append(trainer) }
    sections.append(Profile(program: program).functions)
    return sections.joined(separator: "\n")
  }

  private var status: String {
    let cases = HeaderFile.statuses.map { "    case \(macro)_\($0.name): return \"\($0.meaning)\";" }
    return """
      const char *\(p)_status_string(\(p)_status status) {
        switch (status) {
      \(cases.joined(separator: "\n"))
        }
        return "unknown status";
      }

      """
  }

  private var checks: String {
    """
    enum { \(macro)_OBJECT_BYTES = \(CProgram.objectBytes) };
    /* Written at the head of an initialized object: the model's hash. */
    static const uint64_t \(p)_tag = UINT64_C(0x\(program.modelHash));

    static \(p)_status \(p)_check_memory(const void *memory, size_t bytes, size_t needed) {
      if (!memory) return \(macro)_ERROR_ARGUMENT;
      if ((uintptr_t)memory % \(macro)_ALIGNMENT != 0) return \(macro)_ERROR_ALIGNMENT;
      return bytes < needed ? \(macro)_ERROR_MEMORY : \(macro)_OK;
    }

    \(macro)_APART int \(p)_finite(const \(real) *values, size_t count) {
      for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i])) return 0;
      return 1;
    }

    """
  }

  // MARK: Parameters

  private var parameters: String {
    var printer = CPrinter()
    printer.block(
      "\(p)_status \(p)_parameters_init(void *memory, size_t bytes, uint64_t seed, \(p)_parameters **out)"
    ) { printer in
      printer.line("if (!out) return \(macro)_ERROR_ARGUMENT;")
      printer.line("const \(p)_status status = \(p)_check_memory(memory, bytes, \(macro)_PARAMETERS_BYTES);")
      printer.line("if (status != \(macro)_OK) return status;")
      printer.line("\(p)_parameters *const parameters = memory;")
      printer.line("\(real) *const values = (\(real) *)(void *)((unsigned char *)memory + \(macro)_OBJECT_BYTES);")
      printer.line("parameters->tag = \(p)_tag;")
      printer.line("parameters->values = values;")
      printer.line("parameters->prepared = NULL;")
      printer.line("parameters->is_view = 0;")
      printer.line("(void)seed;")
      for (index, parameter) in program.model.parameters.enumerated() {
        guard let tensor = program.layout.parameter(parameter.name) else { continue }
        printer.line(fill(parameter, tensor, purpose: index))
      }
      printer.line("*out = parameters;")
      printer.line("return \(macro)_OK;")
    }
    return printer.text
  }

  func literal(_ value: Double) -> String {
    ExpressionPrinter(prefix: p, element: program.options.element).literal(value)
  }

  private func fill(_ parameter: Parameter, _ tensor: StorageLayout.Tensor, purpose: Int) -> String {
    let target = tensor.offset == 0 ? "values" : "values + \(tensor.offset)"
    let columns = tensor.extents.last ?? 1
    let matrix = "\(tensor.count / max(columns, 1)), \(columns)"
    let call =
      switch parameter.initializer {
      case .constant(let value): "fill_constant(\(target), \(tensor.count), \(literal(value)))"
      case .parts(let values):
        values.enumerated().map { index, value in
          let count = tensor.count / values.count
          return "fill_constant(values + \(tensor.offset + index * count), \(count), \(literal(value)))"
        }.joined(separator: "; \(p)_")
      case .uniform(let low, let high):
        "fill_uniform(\(target), \(tensor.count), seed, \(purpose)u, \(literal(low)), \(literal(high)))"
      case .normal(let mean, let deviation):
        "fill_normal(\(target), \(tensor.count), seed, \(purpose)u, \(literal(mean)), \(literal(deviation)))"
      case .truncatedNormal(let mean, let deviation):
        "fill_truncated_normal(\(target), \(tensor.count), seed, \(purpose)u, \(literal(mean)), \(literal(deviation)))"
      case .orthogonal(let gain): "fill_orthogonal(\(target), \(matrix), seed, \(purpose)u, \(literal(gain)))"
      case .identity(let gain): "fill_identity(\(target), \(matrix), \(literal(gain)))"
      }
    return "\(p)_\(call); /* \(parameter.name) */"
  }

  private var weightFunctions: String {
    """
    const \(p)_tensor_info *\(p)_tensors(size_t *count) {
      if (count) *count = \(macro)_TENSORS;
      return \(p)_tensors_table;
    }

    \(p)_real *\(p)_parameters_values(\(p)_parameters *parameters) { return parameters ? parameters->values : NULL; }

    /* Opens a file that has every tensor of the table. */
    static \(p)_status \(p)_open(const \(p)_tensor_info *table, size_t count, const void *bytes, size_t size, \(p)_safetensors *file) {
      \(p)_safetensor tensor;
      if (!bytes) return \(macro)_ERROR_ARGUMENT;
      if (\(p)_safetensors_open(bytes, size, file)) return \(macro)_ERROR_FORMAT;
      size_t cursor = 0;
      for (size_t i = 0; i < count; i++) {
        if (!\(p)_safetensors_find(file, &cursor, table[i].name, &tensor)) return \(macro)_ERROR_MODEL;
        if (tensor.rank != table[i].rank) return \(macro)_ERROR_MODEL;
        for (size_t axis = 0; axis < tensor.rank; axis++)
          if (tensor.shape[axis] != table[i].shape[axis]) return \(macro)_ERROR_MODEL;
        if (strcmp(tensor.dtype, "F32") != 0 && strcmp(tensor.dtype, "F64") != 0) return \(macro)_ERROR_FORMAT;
      }
      return \(macro)_OK;
    }

    /* Reads every tensor of the table into values, or none. */
    static \(p)_status \(p)_load(const \(p)_tensor_info *table, size_t count, \(real) *values, const void *bytes, size_t size) {
      \(p)_safetensors file;
      \(p)_safetensor tensor;
      if (!values) return \(macro)_ERROR_ARGUMENT;
      const \(p)_status status = \(p)_open(table, count, bytes, size, &file);
      if (status != \(macro)_OK) return status;
      size_t cursor = 0;
      for (size_t i = 0; i < count; i++)
        if (\(p)_safetensors_find(&file, &cursor, table[i].name, &tensor))
          \(p)_safetensors_read(&tensor, 0, tensor.count, values + table[i].offset);
      return \(macro)_OK;
    }

    \(p)_status \(p)_parameters_view(void *memory, size_t bytes, const void *safetensors, size_t size, \(p)_parameters **out) {
      if (!out) return \(macro)_ERROR_ARGUMENT;
      \(p)_status status = \(p)_check_memory(memory, bytes, \(macro)_VIEW_BYTES);
      \(p)_safetensors file;
      \(p)_safetensor tensor;
      if (status == \(macro)_OK) status = \(p)_open(\(p)_tensors_table, \(macro)_TENSORS, safetensors, size, &file);
      if (status != \(macro)_OK) return status;
      const uint16_t one = 1;
      if (!*(const unsigned char *)&one) return \(macro)_ERROR_FORMAT; /* the file's numbers are little-endian */
      const unsigned char *first = NULL;
      size_t cursor = 0;
      for (size_t i = 0; i < \(macro)_TENSORS; i++) {
        const \(p)_tensor_info *const wanted = &\(p)_tensors_table[i];
        if (!\(p)_safetensors_find(&file, &cursor, wanted->name, &tensor) || tensor.bits != \(macro)_REAL_BITS) return \(macro)_ERROR_FORMAT;
        if (i == 0) first = tensor.data;
        if (tensor.data != first + wanted->offset * sizeof(\(real))) return \(macro)_ERROR_FORMAT;
      }
      if ((uintptr_t)first % sizeof(\(real)) != 0) return \(macro)_ERROR_ALIGNMENT;
      \(p)_parameters *const parameters = memory;
      parameters->tag = \(p)_tag;
      parameters->values = (\(real) *)(uintptr_t)first; /* only read, since it is a view */
      parameters->prepared = NULL;
      parameters->is_view = 1;
      *out = parameters;
      return \(macro)_OK;
    }

    \(p)_status \(p)_parameters_load(\(p)_parameters *parameters, const void *safetensors, size_t bytes) {
      if (!parameters) return \(macro)_ERROR_ARGUMENT;
      if (parameters->is_view) return \(macro)_ERROR_VIEW;
      parameters->prepared = NULL;
      return \(p)_load(\(p)_tensors_table, \(macro)_TENSORS, parameters->values, safetensors, bytes);
    }

    """
  }

  // MARK: Contexts

  private var context: String {
    """
    \(p)_status \(p)_context_init(void *memory, size_t bytes, const \(p)_config *config, \(p)_context **out) {
      const size_t max_rows = config && config->max_rows ? config->max_rows : \(macro)_MAX_ROWS;
      if (!out) return \(macro)_ERROR_ARGUMENT;
      if (max_rows > \(macro)_MAX_ROWS) return \(macro)_ERROR_ROWS;
      const \(p)_status status = \(p)_check_memory(memory, bytes, \(macro)_CONTEXT_BYTES(max_rows));
      if (status != \(macro)_OK) return status;
      \(p)_context *const context = memory;
      context->tag = \(p)_tag;
      context->max_rows = max_rows;
      context->pool = config ? config->pool : NULL;
      \(Profile(program: program).start)
      context->state = (unsigned char *)memory + \(macro)_OBJECT_BYTES;
      context->arena = context->state + \(program.contextState.bytes.text(rows: "max_rows"));
      \(p)_reset_state(context);
      *out = context;
      return \(macro)_OK;
    }

    void \(p)_reset_state(\(p)_context *context) {
      if (!context) return;
      context->position = 0;
      \(zero("context", program.contextState))
    }

    """
  }

  func zero(_ object: String, _ state: StateLayout) -> String {
    state.isEmpty
      ? "/* It keeps nothing. */"
      : "memset(\(object)->state, 0, \(state.bytes.text(rows: "\(object)->max_rows")));"
  }
}
