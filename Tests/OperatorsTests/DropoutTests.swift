import GraphIR
import KernelIR
import Operators
import Testing

@Suite struct DropoutTests {
  /// The known answers of the Random123 distribution, kat_vectors.
  @Test func philoxGivesThePublishedNumbers() {
    let most = UInt32.max
    let zeros = Philox.block(key: (0, 0), counter: (0, 0, 0, 0))
    #expect(zeros == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = Philox.block(key: (most, most), counter: (most, most, most, most))
    #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let pi = Philox.block(
      key: (0xa409_3822, 0x299f_31d0), counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344))
    #expect(pi == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func uniformTakesItsCounterFromPurposeStepAndElement() {
    #expect(Philox.uniform(seed: 0, purpose: 0, step: 0, element: 0) == Double(0x6627e8) * 0x1p-24)
    let seed: UInt64 = 0x299f_31d0_a409_3822
    let element: UInt64 = 0x85a3_08d3_243f_6a88
    let step: UInt64 = 0x0001_0002_1319_8a2e
    let drawn = Philox.uniform(seed: seed, purpose: 0x0370_7344 ^ 0x0002_0001, step: step, element: element)
    #expect(drawn == Double(0xd16cfe) * 0x1p-24)
  }

  @Test func dropoutKeepsTheMeanAndScales() throws {
    let type = TensorType(.f64, [20000])
    let context = ReferenceContext(rows: 1, seed: 3, step: 5, operandTypes: [type], resultTypes: [type])
    let ones = ReferenceTensor(shape: [20000], repeating: 1)
    let result = try #require(Dropout(rate: 0.25, purpose: 4).reference([ones], context).first)
    #expect(result.values.allSatisfy { $0 == 0 || $0 == 1 / 0.75 })
    #expect((result.values.reduce(0, +) / 20000 - 1).magnitude < 0.02)
    let other = Dropout(rate: 0.25, purpose: 5).reference([ones], context).first
    #expect(result != other)
    let whole = Dropout(rate: 0, purpose: 4).reference([ones], context).first
    #expect(whole == ones)
  }
}
