import KernelIR

/// The functions of NAME.c that set up and look into trainers.
extension ObjectFunctions {
  var trainer: String {
    let rate = literal(program.model.training?.optimizer.learningRate ?? 0)
    let begin = program.gradientsOfBackwardAlone.isEmpty ? "" : "  if (trainer) \(p)_begin_gradients(trainer);\n"
    return beginGradients + """
      \(p)_status \(p)_trainer_init(void *memory, size_t bytes, \(p)_parameters *parameters, const \(p)_config *config,
                                    \(p)_trainer **out) {
        const size_t max_rows = config && config->max_rows ? config->max_rows : \(macro)_MAX_ROWS;
        if (!out || !parameters) return \(macro)_ERROR_ARGUMENT;
        if (parameters->is_view) return \(macro)_ERROR_VIEW;
        if (max_rows > \(macro)_MAX_ROWS) return \(macro)_ERROR_ROWS;
        const \(p)_status status = \(p)_check_memory(memory, bytes, \(macro)_TRAINER_BYTES(max_rows));
        if (status != \(macro)_OK) return status;
        \(p)_trainer *const trainer = memory;
        unsigned char *const base = (unsigned char *)memory + \(macro)_OBJECT_BYTES;
        memset(memory, 0, sizeof *trainer);
        trainer->tag = \(p)_tag;
        trainer->max_rows = max_rows;
        trainer->pool = config ? config->pool : NULL;
        trainer->seed = config ? config->seed : 0;
        trainer->learning_rate = \(rate);
        trainer->fault = "";
        trainer->parameters = parameters;
        trainer->gradients = (\(real) *)(void *)base;
        trainer->slots = (\(real) *)(void *)(base + \(program.gradientBytes));
        trainer->state = base + \(program.gradientBytes + program.slotBytes);
        trainer->arena = trainer->state + \(program.trainerState.bytes.text(rows: "max_rows"));
        \(p)_reset_trainer_state(trainer);
      \(starts.joined(separator: "\n"))
        *out = trainer;
        return \(macro)_OK;
      }

      void \(p)_reset_trainer_state(\(p)_trainer *trainer) {
        if (!trainer) return;
        \(zero("trainer", program.trainerState))
      }

      \(p)_real *\(p)_gradients(\(p)_trainer *trainer, size_t *count) {
        if (count) *count = \(program.layout.gradientCount);
      \(begin)  return trainer ? trainer->gradients : NULL;
      }

      \(p)_real \(p)_learning_rate(const \(p)_trainer *trainer) { return trainer->learning_rate; }

      void \(p)_set_learning_rate(\(p)_trainer *trainer, \(p)_real learning_rate) { trainer->learning_rate = learning_rate; }

      uint64_t \(p)_step(const \(p)_trainer *trainer) { return trainer->step; }

      void \(p)_set_step(\(p)_trainer *trainer, uint64_t step) { trainer->step = step; }

      uint64_t \(p)_seed(const \(p)_trainer *trainer) { return trainer->seed; }

      void \(p)_set_seed(\(p)_trainer *trainer, uint64_t seed) { trainer->seed = seed; }

      const char *\(p)_fault(const \(p)_trainer *trainer) { return trainer->fault; }

      const \(p)_tensor_info *\(p)_trainer_tensors(size_t *count) {
        if (count) *count = \(macro)_SLOTS;
        return \(p)_slots_table;
      }

      \(p)_real *\(p)_trainer_values(\(p)_trainer *trainer) { return trainer ? trainer->slots : NULL; }

      \(p)_status \(p)_trainer_load(\(p)_trainer *trainer, const void *safetensors, size_t bytes) {
        if (!trainer) return \(macro)_ERROR_ARGUMENT;
        return \(p)_load(\(p)_slots_table, \(macro)_SLOTS, trainer->slots, safetensors, bytes);
      }

      """
  }

  /// Gradients that a training step has no use for take no memory before somebody asks for them.
  private var beginGradients: String {
    let ranges = program.gradientsOfBackwardAlone
    guard !ranges.isEmpty else { return "" }
    return """
      /* Zeros, as init makes of the others, for the gradients that train_step never writes: unless backward has, nobody has touched their
       * memory. */
      static void \(p)_begin_gradients(\(p)_trainer *trainer) {
        if (trainer->has_gradients) return;
        trainer->has_gradients = 1;
      \(zeros(ranges).joined(separator: "\n"))
      }


      """
  }

  /// What gradients and slots are before the first step.
  private var starts: [String] {
    let slots = program.slots.compactMap { slot in
      program.layout.slot(slot.name).flatMap { slot.initial == 0 ? nil : (slot, $0) }
    }
    return zeros(program.gradientsOfSteps)
      + (program.layout.slotCount == 0 ? [] : ["  memset(trainer->slots, 0, \(program.slotBytes));"])
      + slots.map { slot, tensor in
        "  \(p)_fill_constant(trainer->slots + \(tensor.offset), \(tensor.count), \(literal(slot.initial))); /* \(slot.name) */"
      }
  }

  private func zeros(_ gradients: [Range<Int>]) -> [String] {
    gradients.map {
      let first = $0.lowerBound == 0 ? "" : " + \($0.lowerBound)"
      return "  memset(trainer->gradients\(first), 0, \($0.count) * sizeof *trainer->gradients);"
    }
  }
}

extension CProgram {
  /// The gradients, in elements, that a training step never writes, since it updates their weights where it makes them.
  var gradientsOfBackwardAlone: [Range<Int>] { gradientRanges { !$0 } }

  /// All others.
  fileprivate var gradientsOfSteps: [Range<Int>] { gradientRanges { $0 } }

  private func gradientRanges(where isChosen: (_ isWritten: Bool) -> Bool) -> [Range<Int>] {
    let places = trainStep.map { Set($0.functions.flatMap { $0.steps.flatMap(\.arguments) }) }
    var ranges: [Range<Int>] = []
    for tensor in layout.parameters where tensor.isTrainable {
      guard isChosen(places?.contains(.gradient(tensor.name)) ?? true) else { continue }
      let end = tensor.offset + tensor.count
      if let last = ranges.last, last.upperBound == tensor.offset {
        ranges[ranges.count - 1] = last.lowerBound..<end
      } else {
        ranges.append(tensor.offset..<end)
      }
    }
    return ranges
  }
}
