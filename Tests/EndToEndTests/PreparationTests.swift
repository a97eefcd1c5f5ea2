import KernelIR
import Testing

/// `NAME_parameters_prepare` in a program of its own: the same bits with what it makes and without, nothing of it is read once the
/// weights have changed, and nothing of the weights that `NAME_parameters_prepare_and_release` has released.
@Suite struct PreparationTests {
  private static let program = """
    #include "m.h"
    #include "m_io.h"
    #include <math.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    enum { ROWS = 3 };
    static m_real x[ROWS * INPUT], y[ROWS * OUTPUT], expected[ROWS * OUTPUT], found[ROWS * OUTPUT];
    static m_context *context;
    static m_parameters *parameters;
    static void *prepared;

    static void *memory(size_t bytes) {
      void *p = NULL;
      return posix_memalign(&p, M_ALIGNMENT, bytes) == 0 ? p : NULL;
    }

    static int predict(size_t rows, m_real *into) {
      const m_inputs inputs = {x};
      const m_outputs outputs = {into};
      return m_predict(context, parameters, rows, &inputs, &outputs) == M_OK;
    }

    /* Whether predict comes to `expected` with what is prepared, or else, in spite of rubbish there, without. */
    static int agrees(int without) {
      if (without) memset(prepared, 0xFF, M_PREPARED_BYTES);
      for (size_t rows = 1; rows <= ROWS; rows += 2)
        if (!predict(rows, found) || memcmp(found, expected, rows * OUTPUT * sizeof *found) != 0) return 0;
      return 1;
    }

    /* Weights that nobody should read any more. */
    static size_t released;
    static void spoil(void *user, const m_real *values, size_t count) {
      m_real *const own = m_parameters_values(user);
      m_real *const from = own + (values - own);
      for (size_t i = 0; i < count; i++) from[i] = (m_real)NAN;
      released += count;
    }

    static int prepare_and_release(void) {
      const m_release release = {spoil, parameters};
      return m_parameters_prepare_and_release(parameters, prepared, M_PREPARED_BYTES, &release) == M_OK;
    }

    static size_t weights(void) {
      size_t tensors, count = 0;
      const m_tensor_info *const table = m_tensors(&tensors);
      for (size_t i = 0; i < tensors; i++) count += table[i].count;
      return count;
    }

    static int prepare(void) { return m_parameters_prepare(parameters, prepared, M_PREPARED_BYTES) == M_OK; }

    int main(int count, char **arguments) {
      if (count != 2 || M_PREPARED_BYTES == 0) return 1;
      prepared = memory(M_PREPARED_BYTES);
      for (int i = 0; i < ROWS * INPUT; i++) x[i] = (m_real)(i * 37 % 101) / 101 - (m_real)0.5;
      for (int i = 0; i < ROWS * OUTPUT; i++) y[i] = (m_real)(i % 5) / 5;
      if (m_parameters_init(memory(M_PARAMETERS_BYTES), M_PARAMETERS_BYTES, 1, &parameters)) return 2;
      m_config config = {0};
      config.max_rows = ROWS;
      if (m_context_init(memory(M_CONTEXT_BYTES(ROWS)), M_CONTEXT_BYTES(ROWS), &config, &context)) return 2;
      if (!predict(ROWS, expected)) return 2;

      if (m_parameters_prepare(NULL, prepared, M_PREPARED_BYTES) != M_ERROR_ARGUMENT) return 3;
      if (m_parameters_prepare(parameters, prepared, M_PREPARED_BYTES - 1) != M_ERROR_MEMORY) return 4;
      if (m_parameters_prepare(parameters, (char *)prepared + 4, M_PREPARED_BYTES) != M_ERROR_ALIGNMENT) return 5;
      if (!agrees(1)) return 6;
      if (!prepare() || !agrees(0)) return 7;
      memset(prepared, 0xFF, M_PREPARED_BYTES);
      if (agrees(0)) return 8; /* it is read */
      if (m_parameters_prepare(parameters, NULL, 0) != M_OK || !agrees(1)) return 9;

      m_trainer *trainer;
      if (m_trainer_init(memory(M_TRAINER_BYTES(ROWS)), M_TRAINER_BYTES(ROWS), parameters, &config, &trainer)) return 10;
      const m_inputs inputs = {x};
      const m_targets targets = {y};
      m_metrics metrics = {0};
      if (m_save_weights(arguments[1], parameters)) return 11;
      if (!prepare() || m_train_step(trainer, ROWS, &inputs, &targets, &metrics)) return 12;
      if (!predict(ROWS, found) || memcmp(found, expected, sizeof found) == 0) return 13;
      memcpy(expected, found, sizeof found);
      if (!agrees(1) || !prepare() || !agrees(0)) return 14;
      m_real *const values = m_parameters_values(parameters);
      values[0] += 1;
      if (m_load_weights(arguments[1], parameters) || !predict(ROWS, expected) || !agrees(1)) return 15;
      if (!prepare() || m_adapt(parameters, ROWS, &inputs) || !agrees(1)) return 16;
      if (!prepare_and_release() || !agrees(0)) return 17;
      if (released > weights() || released < weights() / 10 * 9) return 18; /* each once, and nearly all */
      if (m_load_weights(arguments[1], parameters) || !agrees(1)) return 19;

    #if M_STREAMS
      static m_real steps[2][OUTPUT];
      for (int round = 0; round < 2; round++) {
        if (round && !prepare_and_release()) return 20;
        m_reset_state(context);
        for (int t = 0; t < 5; t++) {
          const m_inputs step = {x + t * STEP};
          const m_outputs outputs = {steps[round]};
          if (m_stream(context, parameters, 1, &step, &outputs)) return 21;
        }
      }
      if (memcmp(steps[0], steps[1], sizeof steps[0]) != 0) return 22;
    #endif
      puts("the same");
      return 0;
    }
    """

  /// A model, how many numbers its input and output have, and how many one step of the input.
  struct Case: Sendable, CustomTestStringConvertible {
    var layers: String
    var (input, output, step): (Int, Int, Int)
    var testDescription: String { layers }
  }

  static let cases = [
    Case(
      layers: """
        input: [12, 12, 3]) {
          Conv2D(32, kernelSize: 3, padding: .same, activation: .relu)
          Conv2D(33, kernelSize: 3, padding: .same)
          BatchNormalization()
          Activation(.relu)
          MaxPooling2D(2)
          Conv2D(34, kernelSize: 1, activation: .tanh)
          Conv2D(10, kernelSize: 3, groups: 2)
          Conv2DTranspose(3, kernelSize: 3, strides: 2)
          Flatten()
          Dense(4)
        }
        """, input: 432, output: 4, step: 0),
    Case(
      layers: """
        input: [9, 5]) {
          Conv1D(6, kernelSize: 3, padding: .causal)
          LSTM(7, returnSequences: true)
          Dense(40, activation: .relu)
          GRU(9, returnSequences: true, resetAfter: false)
          SimpleRNN(3)
        }
        """, input: 45, output: 3, step: 5),
    Case(
      layers: """
        input: [1100]) {
          Dense(37, activation: .relu)
          Dense(4)
        }
        """, input: 1100, output: 4, step: 0),
  ]

  @Test(arguments: cases, [("clang", ElementType.f32), ("gcc", .f64)])
  func preparedAndNot(given: Case, by choice: (compiler: String, element: ElementType)) async throws {
    let model = """
      import DLC
      let model = Model("m", \(given.layers)
      model.training = Training(loss: .meanSquaredError, optimizer: .sgd(learningRate: 0.01))

      """
    let sizes = ["INPUT=\(given.input)", "OUTPUT=\(given.output)", "STEP=\(given.step)"]
    #expect(
      try await Program.embedding(
        model, in: Self.program, compiler: choice.compiler, element: choice.element, defines: sizes) == "the same\n")
  }
}
