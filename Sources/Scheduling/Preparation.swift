import GraphIR
import KernelIR

/// What a function makes of weights alone: values such as a transformed kernel, and matrices packed for its products. It can be
/// made once and used by every call for as long as the weights stay as they are.
public struct Preparation: Sendable {
  /// The kernels that make it, in order. Their arguments in the arena are all among `values`.
  public private(set) var steps: [Schedule.Step] = []
  /// The kernels, by position in the schedule, that a call leaves out where it has been made.
  public private(set) var replaced: Set<Int> = []
  public private(set) var memory = MemoryPlan([], reuse: true, rows: 1)
  /// For a buffer of the arena that only weights go into, the buffer of `memory` that has the same.
  public private(set) var values: [Int: Int] = [:]
  /// The kernels that take packed weights, by what they are without.
  private(set) fileprivate var packing: [Kernel: Kernel] = [:]

  /// The preparation of a schedule, whose products then take packed weights where they are given.
  fileprivate init(of schedule: inout Schedule) {
    let constants = schedule.constantBuffers
    var buffers: [MemoryPlan.Buffer] = []
    var names = KernelNames(phase: "pack")
    func isOfWeights(_ placement: Placement) -> Bool {
      switch placement {
      case .parameter: true
      case .arena(let number): constants.contains(number)
      default: false
      }
    }
    for index in schedule.steps.indices {
      let step = schedule.steps[index]
      let made = zip(step.kernel.arguments, step.arguments).filter(\.0.isWritten).map(\.1)
      if !made.isEmpty, made.allSatisfy(isOfWeights), step.arguments.allSatisfy(isOfWeights) {
        for (argument, placement) in zip(step.kernel.arguments, step.arguments) {
          guard case .arena(let number) = placement, values[number] == nil else { continue }
          values[number] = buffers.count
          buffers.append(
            MemoryPlan.Buffer(size: argument.count, element: argument.element, lifetime: steps.count...steps.count))
        }
        replaced.insert(index)
        steps.append(step)
      } else if let packed = step.packing(into: .packed(buffers.count), names: &names, isOfWeights: isOfWeights) {
        buffers.append(
          MemoryPlan.Buffer(size: packed.count, element: packed.element, lifetime: steps.count...steps.count))
        packing[step.kernel] = packed.user.kernel
        schedule.steps[index] = packed.user
        steps.append(packed.packer)
      }
    }
    // Everything stays to the end.
    for number in buffers.indices { buffers[number].lifetime = buffers[number].lifetime.lowerBound...steps.count }
    memory = MemoryPlan(buffers, reuse: true, rows: 1)
  }

  public var byteCount: Int { memory.byteCount(rows: 1) }

  /// Where in its memory a place lies, in bytes; nil for what it does not hold.
  public func offset(of placement: Placement) -> Int? {
    let number: Int? =
      switch placement {
      case .arena(let buffer): values[buffer]
      case .packed(let buffer): buffer
      default: nil
      }
    return number.map { memory.buffers[$0].offset.value(rows: 1) }
  }
}

extension Schedule {
  /// Makes what calls prepare once apart from what each does.
  public mutating func prepare() {
    guard preparation == nil else { return }
    preparation = Preparation(of: &self)
  }

  /// Takes the kernels of another schedule for those of its own that differ from them in nothing but that packed weights may be given,
  /// and gives none: the two share their code.
  public mutating func share(_ preparation: Preparation) {
    for index in steps.indices {
      guard let kernel = preparation.packing[steps[index].kernel] else { continue }
      steps[index].kernel = kernel
      steps[index].arguments.append(.nothing)
    }
  }

  /// The buffers of the arena that nothing but weights goes into.
  fileprivate var constantBuffers: Set<Int> {
    var constants = Set(memory.buffers.indices)
    var isStable = false
    while !isStable {
      isStable = true
      for step in steps {
        let arguments = zip(step.kernel.arguments, step.arguments)
        let isConstant =
          !Usage(step.kernel.body).random && step.kernel.arguments.allSatisfy { !$0.count.perRow }
          && arguments.allSatisfy { argument, placement in
            switch placement {
            case .parameter: !argument.isWritten
            case .arena(let number): constants.contains(number)
            default: false
            }
          }
        guard !isConstant else { continue }
        for case (let argument, .arena(let number)) in arguments where argument.isWritten {
          if constants.remove(number) != nil { isStable = false }
        }
      }
    }
    return constants
  }
}

extension Schedule.Step {
  /// The kernel that packs the weights of the products of this one, to `place`, and this one with an argument more that may have
  /// them; nil where no product has weights that can be packed.
  fileprivate func packing(into place: Placement, names: inout KernelNames, isOfWeights: (Placement) -> Bool)
    -> (user: Schedule.Step, packer: Schedule.Step, count: Dimension, element: ElementType)?
  {
    var (user, packs, count) = (self, [Statement](), 0)
    let name = "packed".unique(among: Set(kernel.arguments.map(\.name)))
    var weights: Int?
    for (index, statement) in kernel.body.enumerated() {
      guard case .contraction(var product) = statement, let more = product.packedCount,
        let argument = kernel.arguments.firstIndex(where: { $0.name == product.b.buffer }),
        isOfWeights(arguments[argument]), weights ?? argument == argument
      else { continue }
      weights = argument
      product.packed = Contraction.Packed(buffer: name, base: count)
      count += more
      user.kernel.body[index] = .contraction(product)
      packs.append(.packing(product))
    }
    guard let weights else { return nil }
    let source = kernel.arguments[weights]
    func packed(isWritten: Bool) -> Kernel.Argument {
      Kernel.Argument(
        name: name, element: source.element, shape: "[\(count)]", count: Dimension(count), isWritten: isWritten)
    }
    user.kernel.arguments.append(packed(isWritten: false))
    user.arguments.append(place)
    let packer = Schedule.Step(
      kernel: Kernel(
        name: names.unique("\(kernel.name)_pack"),
        comment: ["\(source.name)\(source.shape) as \(kernel.name) multiplies it", self.place],
        arguments: [source, packed(isWritten: true)], body: packs),
      arguments: [arguments[weights], place], scope: scope, writtenCounts: [:], work: Work(), place: self.place)
    return (user, packer, Dimension(count), source.element)
  }
}
