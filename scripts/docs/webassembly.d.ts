/** What the types of TypeDoc's highlighter use of it: the library `dom`, which declares it, would declare a browser too. */
declare namespace WebAssembly {
  type ImportValue = object;
  type WebAssemblyInstantiatedSource = object;
  interface Instance {
    exports: object;
  }
}
