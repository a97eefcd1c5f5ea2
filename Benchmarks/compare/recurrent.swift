import DLC

let model = Model("recurrent", input: [7, 5]) {
  Bidirectional(GRU(6, returnSequences: true))
  SimpleRNN(5, returnSequences: true)
  LSTM(4)
  RepeatVector(3)
  GRU(4, resetAfter: false)
  Dense(3, activation: .softmax)
}
model.training = Training(loss: .sparseCategoricalCrossentropy, optimizer: .sgd(learningRate: 0.5), epochs: 10, batchSize: 9)
