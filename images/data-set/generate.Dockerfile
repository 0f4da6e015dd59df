# A challenge's large inputs, made once by its own generator, without network. The
# generator and the private side stay in this image, which no container is made of.
ARG BASE
FROM ${BASE}
COPY make_data.py /build/make_data.py
RUN set -eu; \
    mkdir -p /out/public /out/private; \
    cd /out; \
    python -I /build/make_data.py /out; \
    chmod -R a+rX,a-w /out
