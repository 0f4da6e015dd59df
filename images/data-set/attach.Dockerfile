# An image of a pair with its side of the data at /data.
ARG BASE
ARG DATA
FROM ${DATA} AS data
FROM ${BASE}
ARG SIDE
COPY --from=data /out/${SIDE} /data
