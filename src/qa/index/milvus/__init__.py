"""An index kept in Milvus: vectors, documents, passages and the lists of words, on many machines.

    address      milvus://host:port/collection
    server       the connection; owns pymilvus and its errors
    pieces       long texts and bytes, cut to what Milvus holds in a field
    state        what one generation consists of
    words        texts cut into stems as the local store cuts them
    postings     which passages have a stem, packed; BM25
    store        documents and passages of one generation; `lexical` its words
    writer       the store that a build works on
    workspace    what a build takes over and publishes
    index        one generation, open for asking

Nothing here is imported unless `--store` names a Milvus.
"""
