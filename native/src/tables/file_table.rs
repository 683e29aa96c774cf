//! Files as a table, with what DataFusion's listing tables lack: typed partition columns that can be null, and patterns
//! and options of CSV that reach a scheduler.

use crate::files::partitions::{takes_empty, value, NULL};
use crate::files::sinks::{config_of, moved, with_sink};
use crate::scan::csv::rows::RowOptions;
use crate::scan::source::read_by;
use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{
    not_impl_err, plan_err, project_schema, Column, ColumnStatistics, Constraints, SchemaExt,
};
use datafusion::datasource::listing::helpers::expr_applicable_for_cols;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl, PartitionedFile,
};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, FileSinkConfig};
use datafusion::datasource::sink::DataSinkExec;
use datafusion::datasource::table_schema::TableSchemaBuilder;
use datafusion::error::Result;
use datafusion::execution::cache::cache_manager::FileStatisticsCache;
use datafusion::logical_expr::dml::InsertOp;
use datafusion::logical_expr::{
    cast, lit, when, CreateExternalTable, Expr, TableProviderFilterPushDown, TableType,
};
use datafusion::physical_expr::create_lex_ordering;
use datafusion::physical_expr::expressions::{CastExpr, Column as PhysicalColumn};
use datafusion::physical_expr::LexOrdering;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::{ExecutionPlan, PhysicalExpr};
use datafusion_datasource::compute_all_files_statistics;
use std::sync::Arc;

/// What a table over files is made of.
#[derive(Clone, Debug)]
pub struct FileParts {
    pub urls: Vec<ListingTableUrl>,
    /// With the types of the partition columns.
    pub options: ListingOptions,
    /// Without partition columns.
    pub file_schema: SchemaRef,
    pub rows: RowOptions,
}

impl FileParts {
    /// Whether DataFusion's tables can do everything.
    pub fn is_plain(&self) -> bool {
        self.options.table_partition_cols.is_empty()
            && self.urls.iter().all(|url| url.get_glob().is_none())
            && self.rows == RowOptions::default()
    }
}

/// A table over files: DataFusion's if it can do everything, and ours if not.
pub fn table_over(parts: FileParts) -> Result<Arc<dyn TableProvider>> {
    let stores: Vec<_> = parts.urls.iter().map(ListingTableUrl::object_store).collect();
    if let Some(pair) = stores.windows(2).find(|pair| pair[0] != pair[1]) {
        return plan_err!(
            "A table cannot have files of two object stores, {} and {}. Read them separately, and join them with union().",
            pair[0].as_str(),
            pair[1].as_str()
        );
    }
    Ok(match parts.is_plain() {
        true => Arc::new(listing(&parts)?),
        false => Arc::new(FileTable::new(parts)?),
    })
}

fn listing(parts: &FileParts) -> Result<ListingTable> {
    let config = ListingTableConfig::new_with_multi_paths(parts.urls.clone())
        .with_listing_options(parts.options.clone())
        .with_schema(parts.file_schema.clone());
    ListingTable::try_new(config)
}

#[derive(Debug)]
pub struct FileTable {
    parts: FileParts,
    /// Finds the files. Its partition columns are strings: the names of folders.
    listing: ListingTable,
    /// The partition columns that the files do not have themselves, and which folder each of them is.
    partitions: Vec<(usize, FieldRef)>,
    schema: SchemaRef,
}

impl FileTable {
    pub fn new(parts: FileParts) -> Result<Self> {
        let mut options = parts.options.clone();
        for (_, kind) in &mut options.table_partition_cols {
            *kind = DataType::Utf8;
        }
        let listing = listing(&FileParts {
            options,
            ..parts.clone()
        })?;
        let folders = parts.options.table_partition_cols.iter().enumerate();
        let partitions: Vec<_> = folders
            .filter(|(_, (name, _))| parts.file_schema.field_with_name(name).is_err())
            .map(|(folder, (name, kind))| (folder, Arc::new(Field::new(name, kind.clone(), true))))
            .collect();
        let fields = parts.file_schema.fields().iter().cloned();
        let fields: Fields = fields
            .chain(partitions.iter().map(|(_, field)| field.clone()))
            .collect();
        let schema = Schema::new_with_metadata(fields, parts.file_schema.metadata().clone());
        Ok(Self {
            parts,
            listing,
            partitions,
            schema: Arc::new(schema),
        })
    }

    pub fn parts(&self) -> &FileParts {
        &self.parts
    }

    pub fn with_cache(mut self, cache: Option<Arc<FileStatisticsCache>>) -> Self {
        self.listing = self.listing.with_cache(cache);
        self
    }

    /// With what CREATE EXTERNAL TABLE says about a table in addition.
    pub fn created_by(mut self, create: &CreateExternalTable) -> Self {
        self.listing = self
            .listing
            .with_definition(create.definition.clone())
            .with_constraints(create.constraints.clone())
            .with_column_defaults(create.column_defaults.clone());
        self
    }

    fn names(&self) -> Vec<&str> {
        let names = self.partitions.iter().map(|(_, field)| field.name().as_str());
        names.collect()
    }

    /// A filter of partition columns as a filter of the names of folders. Null counts as false.
    fn of_folders(&self, filter: &Expr) -> Result<Expr> {
        let filter = filter.clone().transform_up(|expr| {
            let Expr::Column(column) = &expr else {
                return Ok(Transformed::no(expr));
            };
            let mut fields = self.partitions.iter().map(|(_, field)| field);
            let Some(field) = fields.find(|field| *field.name() == column.name) else {
                return Ok(Transformed::no(expr));
            };
            let folder = Expr::Column(Column::new_unqualified(&column.name));
            let mut given = folder.clone().not_eq(lit(NULL));
            if !takes_empty(field.data_type()) {
                given = given.and(folder.clone().not_eq(lit("")));
            }
            let named = when(given, folder).end()?;
            Ok(Transformed::yes(cast(named, field.data_type().clone())))
        })?;
        Ok(filter.data.is_true())
    }

    /// A file that the listing found, with values of the right types.
    fn typed(&self, mut file: PartitionedFile) -> Result<PartitionedFile> {
        let folders = std::mem::take(&mut file.partition_values);
        let values = self.partitions.iter().map(|(folder, field)| {
            let name = folders[*folder].try_as_str().flatten().unwrap_or_default();
            value(name, field.name(), field.data_type())
        });
        file.partition_values = values.collect::<Result<_>>()?;
        if let Some(statistics) = file.statistics.take() {
            let mut statistics = Arc::unwrap_or_clone(statistics);
            let columns = self.parts.file_schema.fields().len();
            statistics.column_statistics.truncate(columns);
            let rows = statistics.num_rows;
            file = file.with_statistics(Arc::new(statistics));
            file.statistics = file.statistics.map(|statistics| {
                let mut statistics = Arc::unwrap_or_clone(statistics);
                let found = statistics.column_statistics[columns..].iter_mut();
                for (column, value) in found.zip(&file.partition_values) {
                    if value.is_null() {
                        *column = nulls(rows);
                    }
                }
                Arc::new(statistics)
            });
        }
        Ok(file)
    }

    fn orders(&self, state: &dyn Session, files: &[FileGroup]) -> Result<Vec<LexOrdering>> {
        let given = &self.parts.options.file_sort_order;
        match given.is_empty() {
            true => self
                .listing
                .try_create_output_ordering(state.execution_props(), files),
            false => create_lex_ordering(&self.schema, given, state.execution_props()),
        }
    }
}

/// The statistics of a column that is null in all rows.
fn nulls(rows: Precision<usize>) -> ColumnStatistics {
    ColumnStatistics {
        null_count: rows,
        ..ColumnStatistics::new_unknown()
    }
}

/// The places of a table over files; none for other tables.
pub fn urls_of(table: &dyn TableProvider) -> &[ListingTableUrl] {
    match (
        table.downcast_ref::<ListingTable>(),
        table.downcast_ref::<FileTable>(),
    ) {
        (Some(listing), _) => listing.table_paths(),
        (_, Some(files)) => &files.parts.urls,
        _ => &[],
    }
}

#[async_trait]
impl TableProvider for FileTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn constraints(&self) -> Option<&Constraints> {
        self.listing.constraints()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn get_table_definition(&self) -> Option<&str> {
        self.listing.get_table_definition()
    }

    fn get_column_default(&self, column: &str) -> Option<&Expr> {
        self.listing.get_column_default(column)
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let names = self.names();
        let supported = filters.iter().map(|filter| match is_of(&names, filter) {
            true => TableProviderFilterPushDown::Exact,
            false => TableProviderFilterPushDown::Inexact,
        });
        Ok(supported.collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let names = self.names();
        let (of_folders, others): (Vec<_>, Vec<_>) = filters.iter().partition(|filter| is_of(&names, filter));
        let of_folders = of_folders.into_iter().map(|filter| self.of_folders(filter));
        let of_folders: Vec<_> = of_folders.collect::<Result<_>>()?;
        // Files that are enough rows are enough only if no other filter takes rows away.
        let enough = limit.filter(|_| others.is_empty() && !self.parts.rows.skips());
        let found = self
            .listing
            .list_files_for_scan(state, &of_folders, enough)
            .await?;
        let groups = found.file_groups.into_iter().map(|group| {
            let files = group.into_inner().into_iter().map(|file| self.typed(file));
            Ok(FileGroup::new(files.collect::<Result<_>>()?))
        });
        let groups = groups.collect::<Result<Vec<_>>>()?;
        let (Some(url), false) = (self.parts.urls.first(), groups.is_empty()) else {
            let schema = project_schema(&self.schema, projection)?;
            return Ok(Arc::new(EmptyExec::new(schema)));
        };
        let collect = state.config().collect_statistics();
        let partly = matches!(found.statistics.num_rows, Precision::Inexact(_));
        let (groups, statistics) =
            compute_all_files_statistics(groups, self.schema.clone(), collect, partly)?;
        let fields: Fields = self.partitions.iter().map(|(_, field)| field.clone()).collect();
        let schema = TableSchemaBuilder::from(&self.parts.file_schema)
            .with_table_partition_cols(fields)
            .build();
        let format = &self.parts.options.format;
        let order = self.orders(state, &groups)?;
        let config = FileScanConfigBuilder::new(url.object_store(), format.file_source(schema))
            .with_file_groups(groups)
            .with_constraints(self.constraints().cloned().unwrap_or_default())
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .with_output_ordering(order)
            .build();
        let scan = format.create_physical_plan(state, config).await?;
        Ok(read_by(scan, &self.parts.rows))
    }

    async fn insert_into(
        &self,
        state: &dyn Session,
        input: Arc<dyn ExecutionPlan>,
        op: InsertOp,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if self.partitions.len() < self.parts.options.table_partition_cols.len() {
            return not_impl_err!(
                "The table cannot be written to, because its files have the columns of its partition folders, too. Write \
                 files with partitionBy and keepPartitionByColumns instead."
            );
        }
        let given = input.schema();
        self.schema.logically_equivalent_names_and_types(&given)?;
        let columns = given.fields().iter().enumerate().map(|(i, field)| {
            let column: Arc<dyn PhysicalExpr> = Arc::new(PhysicalColumn::new(field.name(), i));
            let column = match i < self.parts.file_schema.fields().len() {
                true => column,
                false => Arc::new(CastExpr::new(column, DataType::Utf8, None)),
            };
            (column, field.name().clone())
        });
        let columns: Vec<_> = columns.collect();
        let input = Arc::new(ProjectionExec::try_new(columns, input)?);
        let plan = self.listing.insert_into(state, input, op).await?;
        let write = plan.downcast_ref::<DataSinkExec>();
        let Some((write, config)) = write.and_then(|write| Some((write, config_of(write.sink())?))) else {
            return Ok(plan);
        };
        // The engine would refuse null in partition columns.
        let nullable = |field: &FieldRef| Arc::new(field.as_ref().clone().with_nullable(true));
        let fields: Fields = config.output_schema.fields().iter().map(nullable).collect();
        let config = FileSinkConfig {
            output_schema: Arc::new(Schema::new_with_metadata(
                fields,
                config.output_schema.metadata().clone(),
            )),
            ..config.clone()
        };
        Ok(match moved(write.sink(), config) {
            Some(sink) => with_sink(write, sink),
            None => plan,
        })
    }
}

fn is_of(names: &[&str], filter: &Expr) -> bool {
    !names.is_empty() && expr_applicable_for_cols(names, filter)
}
