import Stores
import Tensors
import Testing

@Suite struct FilterTests {
  let folder = Folder.made()

  private func filled() throws -> Study {
    let study = try folder.study()
    _ = try study.insert([0.1, 0.01, 0.2, 0.02], result(1) + result(2), tag: "initial")
    _ = try study.insert([0.3, 0.03], result(3), tag: "refine, third")
    _ = try study.add([0.25, 0.05], tag: "later", priority: 2)
    return study
  }

  @Test(
    "Filters mean what they say",
    arguments: [
      ("", 3), ("status=done", 3), ("status=waiting", 1), ("status=all", 4), ("status!=done", 1),
      ("status=waiting,done", 4), ("speed>=0.2", 2), ("speed>0.2", 1), ("speed=0.1,0.3", 2),
      ("speed != 0.1", 2), ("speed>0.05 speed<0.25 depth>=0.02", 1), ("tag=initial", 2),
      ("tag=\"refine, third\"", 1), ("tag='refine, third',initial", 3), ("tag=none", 0),
      ("version=current", 3), ("version=default", 3), ("version!=default", 0), ("sample=1,3,9", 2),
      ("force_1>=2", 2), ("priority>1 status=all", 1), ("attempts=0", 3), ("worker!=nobody", 3),
      ("finished>=2000-01-01", 3), ("finished>=2000-01-01T10:00:00.5Z", 3),
      ("finished<2000-01-01", 0),
      ("\"speed\"<0.2", 1), ("  speed >= 0.2  ", 2), ("speed>=-inf", 3),
    ])
  func counts(_ text: String, _ count: Int64) throws {
    let study = try filled()
    #expect(try study.count(text) == count)
    #expect(try Int64(study.read(text).ids.count) == count)
  }

  @Test(
    "Filters that mean nothing are refused",
    arguments: [
      "speed", "speed>", "=3", "speed==0.1", "speed>a", "height>1", "status=ready", "status>done",
      "version=unknown", "version>current", "tag='a", "sample=1.5", "finished=2000-01-01",
      "finished>yesterday", "speed>1,2", "pressure>1", "speed;DROP", "\"status\"=done",
    ])
  func refusals(_ text: String) throws {
    let study = try filled()
    let error = #expect(throws: NetJacError.self) { try study.count(text) }
    #expect(error?.kind == .argument)
  }

  @Test func actionsTellWhatTheyApplyTo() throws {
    let study = try filled()
    #expect(try study.change("tag=initial", "tag=first") == 2)
    #expect(try study.count("tag=first") == 2)
    #expect(try study.change(nil, "priority=4.5") == 4)
    #expect(throws: NetJacError.self) { try study.change(nil, "delete") }
    #expect(throws: NetJacError.self) { try study.change(nil, "forget") }
    #expect(throws: NetJacError.self) { try study.change(nil, "priority=high") }
    #expect(try study.change("sample=2", "delete") == 1)
    #expect(try study.change("status=all", "delete") == 3)
  }

  @Test func readingGoesOnAfterASample() throws {
    let study = try filled()
    let first = try study.read(nil, most: 2)
    #expect(first.ids == [1, 2])
    #expect(try study.read(nil, after: 2).ids == [3])
    #expect(try study.read(nil, after: .max).ids.isEmpty)
    #expect(try study.read("status=all").y.suffix(12).allSatisfy(\.isNaN))
  }
}
